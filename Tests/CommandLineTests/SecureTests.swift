import Curl
import TestServer
import Testing

extension CommandLineTests {
    /// An endpoint that is spoken to by HTTPS.
    @Suite struct SecureTests {
        private static let answer = """
            {"object":"chat.completion","model":"gpt-5.2","choices":[{"index":0,"message":{"role":"assistant",\
            "content":"yes"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}
            """

        private func jobFile(_ server: LoopbackServer, concurrency: Int, endpoint: String) -> String {
            """
            name: job
            input: rows.jsonl
            endpoint: {base_url: "\(server.origin)/v1"\(endpoint)}
            request: {model: gpt-5.2}
            limits: {concurrency: \(concurrency)}
            timeouts: {unreachable: 100ms}
            output: {results: results.jsonl}
            """
        }

        @Test func noMoreHandshakesThanRequestsInFlight() async throws {
            let (rows, inFlight) = (1...1_000, 256)
            // The server's end of each connection, and what else this process has open; the program sees to its own.
            try #require(OpenFiles.raiseSoftLimit(atLeast: 4_096) >= 1_024)
            let tls = try ServerTLS(.tls13)
            let together = Meeting(of: inFlight)
            let server = try LoopbackServer(tls: tls) { peer in
                while peer.readRequest() != nil {
                    together.join()
                    peer.answer(Self.answer)
                }
            }
            defer { server.close() }
            let workspace = try Workspace()
            try workspace.write("rows.jsonl", Rows.jsonl(rows))
            try workspace.write(
                "job.yaml", jobFile(server, concurrency: inFlight, endpoint: ", ca_file: \(tls.authorityFile)"))
            let ending = try await workspace.sluice("run", "job.yaml", "--json")
            #expect(ending.code == 0)
            Rows.expectAnswered(try workspace.results("results.jsonl"), rows) { _ in "yes" }
            #expect(server.requests.count == rows.count)
            #expect(server.connections == inFlight)
            #expect(tls.handshakes.all == inFlight)
        }

        @Test func whatNobodyVouchesForIsSentNothing() async throws {
            let tls = try ServerTLS(.tls13)
            let server = try LoopbackServer(tls: tls) { peer in
                while peer.readRequest() != nil { peer.answer(Self.answer) }
            }
            defer { server.close() }
            let workspace = try Workspace()
            try workspace.write("rows.jsonl", Rows.jsonl(1...20))
            try workspace.write("job.yaml", jobFile(server, concurrency: 4, endpoint: ""))
            let refused = try await workspace.sluice("run", "job.yaml", "--json")
            #expect(refused.code == 3)
            #expect(refused.errors.contains("certificate problem"))
            #expect(refused.errors.contains("by ca_file or --ca-file"))
            #expect(try Totals(refused.output).possiblyBilled == 0)
            #expect(server.requests.isEmpty)

            try workspace.write(
                "job.yaml", jobFile(server, concurrency: 4, endpoint: ", ca_file: \(tls.authorityFile)"))
            let trusted = try await workspace.sluice("run", "job.yaml", "--json")
            #expect(trusted.code == 0)
            Rows.expectAnswered(try workspace.results("results.jsonl"), 1...20) { _ in "yes" }
            #expect(server.requests.count == 20)
        }
    }
}

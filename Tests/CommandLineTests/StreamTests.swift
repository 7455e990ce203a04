import SluiceSimulator
import Testing

@testable import Sluice

extension CommandLineTests {
    @Suite struct StreamTests {
        /// Two thousand prompts, streamed and not: the same text, the same totals.
        @Test func aStreamedRunComesToTheSameAsAnUnstreamedOne() async throws {
            let recorder = RequestRecorder()
            try await withEndpoint {
                $0.recorder = recorder
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...2000))
                try workspace.write("job.yaml", jobFile(simulator, concurrency: 32))
                func run(_ name: String, _ flags: String...) async throws -> Totals {
                    let ending = try await workspace.sluice(
                        ["run", "job.yaml", "--json", "--name", name, "--output", "\(name).jsonl"] + flags)
                    #expect(ending.code == 0)
                    return try Totals(ending.output)
                }
                let plain = try await run("plain")
                #expect(recorder.requests.allSatisfy { !$0.text.contains("stream") })
                let streamed = try await run("streamed", "--stream")
                let bodies = recorder.requests.dropFirst(2000)
                #expect(bodies.count == 2000)
                let added = #","stream":true,"stream_options":{"include_usage":true}}"#
                #expect(bodies.allSatisfy { $0.text.hasSuffix(added) })
                #expect(streamed == plain)
                let one = try workspace.results("plain.jsonl")
                let other = try workspace.results("streamed.jsonl")
                Rows.expectAnswered(other, 1...2000)
                #expect(one.map(\.text) == other.map(\.text))
                let lines = try workspace.lines("streamed.jsonl")
                #expect(lines.allSatisfy { $0.contains(#""first_token_ms":"#) })
                #expect(try workspace.lines("plain.jsonl").allSatisfy { !$0.contains("first_token_ms") })
            }
        }

        @Test func textIsTimed() async throws {
            try await withEndpoint {
                $0.chunkInterval = .milliseconds(2)
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...4))
                try workspace.write("job.yaml", jobFile(simulator))
                #expect(try await workspace.sluice("run", "job.yaml", "--stream").code == 0)
                let queue = try Queue(reading: "\(workspace.path)/.sluice/queue.db")
                let timed = """
                    SELECT count(*) FROM attempts
                    WHERE first_token_ms <= latency_ms AND tokens_per_second BETWEEN 0.001 AND completion_tokens / 0.001
                    """
                #expect(try queue.database.integer(timed) == 4)
            }
        }
    }
}

extension RequestRecorder.Request {
    fileprivate var text: String { String(decoding: body, as: UTF8.self) }
}

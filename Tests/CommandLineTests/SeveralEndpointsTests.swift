import JSON
import SluiceSimulator
import Testing

@testable import Sluice

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension CommandLineTests {
    /// One queue of rows, and several endpoints that take from it.
    @Suite struct SeveralEndpointsTests {
        private static let keys = ["sk-east-0123456789abcdef", "sk-west-0123456789abcdef"]

        private func withEndpoints(
            _ configurations: [SimulatorConfiguration], _ body: ([Simulator], Workspace) async throws -> Void
        ) async throws {
            var simulators: [Simulator] = []
            for configuration in configurations { simulators.append(try await Simulator.start(configuration)) }
            do {
                try await body(simulators, Workspace())
            } catch {
                for simulator in simulators { await simulator.stop() }
                throw error
            }
            for simulator in simulators { await simulator.stop() }
        }

        private func configuration(_ change: (inout SimulatorConfiguration) -> Void = { _ in })
            -> SimulatorConfiguration
        {
            var configuration = SimulatorConfiguration()
            change(&configuration)
            return configuration
        }

        /// - Parameter more: of each endpoint, beside its name and URL.
        private func jobFile(
            _ simulators: [Simulator], concurrency: Int = 8, more: [String] = [], rest: String = ""
        ) -> String {
            let names = ["east", "west", "north"]
            let entries = simulators.indices.map { index in
                "  - {name: \(names[index]), base_url: \"\(simulators[index].baseURL)\""
                    + "\(more.indices.contains(index) ? more[index] : "")}"
            }
            return """
                name: job
                input: rows.jsonl
                endpoints:
                \(entries.joined(separator: "\n"))
                request: {model: gpt-5.2}
                limits: {concurrency: \(concurrency)}
                retry: {base: 1ms, cap: 5ms}
                output: {results: results.jsonl}
                \(rest)
                """
        }

        /// What the totals say of each endpoint.
        private func counts(_ json: String, _ member: String) throws -> [String: Int] {
            let parser = JSONParser()
            let endpoints = try #require(try parser.parse(Array(json.utf8))["endpoints"])
            return try Dictionary(
                uniqueKeysWithValues: endpoints.elements.map {
                    (($0["endpoint"]?.string ?? "?"), Int(try #require($0[member]?.integer)))
                })
        }

        @Test func oneThatIsTwiceAsFastTakesTwiceAsMuch() async throws {
            let slow = configuration { $0.latency = .fixed(.milliseconds(80)) }
            let fast = configuration { $0.latency = .fixed(.milliseconds(40)) }
            try await withEndpoints([slow, fast]) { simulators, workspace in
                let rows = 1...600
                try workspace.write("rows.jsonl", Rows.jsonl(rows))
                try workspace.write("job.yaml", jobFile(simulators))
                let ending = try await workspace.sluice("run", "job.yaml", "--json")
                #expect(ending.code == 0)
                Rows.expectAnswered(try workspace.results("results.jsonl"), rows)
                let answered = try counts(ending.output, "ok")
                #expect(try answered == counts(ending.output, "attempts"))
                #expect(answered["east"] == simulators[0].statistics().answered)
                #expect(answered["west"] == simulators[1].statistics().answered)
                let ratio = Double(answered["west"] ?? 0) / Double(answered["east"] ?? 1)
                #expect(ratio > 1.5 && ratio < 2.5)
                #expect(simulators.allSatisfy { $0.statistics().mostInFlight <= 8 })
                let status = try await workspace.sluice("status")
                #expect(status.output.contains("endpoints  east: \(answered["east"] ?? 0) attempts · ok "))
                #expect(status.output.contains("           west: \(answered["west"] ?? 0) attempts · ok "))
            }
        }

        @Test func aRevokedKeyStopsItsEndpointAlone() async throws {
            let east = configuration { $0.key = Self.keys[0] }
            let west = configuration {
                $0.key = Self.keys[1]
                $0.latency = .fixed(.milliseconds(2))
            }
            try await withEndpoints([east, west]) { simulators, workspace in
                let rows = 1...300
                try workspace.write("rows.jsonl", Rows.jsonl(rows))
                try workspace.write(
                    "job.yaml", jobFile(simulators, more: [", key_env: EAST_KEY", ", key_env: WEST_KEY"]))
                let wrong = "sk-revoked-0123456789abcdef"
                let ending = try await workspace.sluice(
                    ["run", "job.yaml", "--json"], environment: ["EAST_KEY": wrong, "WEST_KEY": Self.keys[1]])
                #expect(ending.code == 0)
                Rows.expectAnswered(try workspace.results("results.jsonl"), rows)
                #expect(ending.errors.contains("endpoint east refused to go on: Incorrect API key provided."))
                #expect(ending.errors.contains("; the others took its rows"))
                #expect(simulators[0].statistics().requests <= 8)
                #expect(try counts(ending.output, "ok") == ["east": 0, "west": 300])
                for key in Self.keys + [wrong] {
                    let isThere = try workspace.everything().contains(key)
                    #expect(!isThere, "a key stands in the queue, in a file or on a stream")
                }
            }
        }

        @Test func whereAllKeysAreWrongEachOneIsTold() async throws {
            let endpoint = configuration { $0.key = Self.keys[0] }
            try await withEndpoints([endpoint, endpoint]) { simulators, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...50))
                try workspace.write(
                    "job.yaml", jobFile(simulators, more: [", key_env: A", ", key_env: B"]))
                let environment = ["A": "sk-a-0123456789abcdef", "B": "sk-b-0123456789abcdef"]
                let ending = try await workspace.sluice(["run", "job.yaml"], environment: environment)
                #expect(ending.code == 3)
                #expect(ending.errors.contains("the endpoint refuses to go on (unauthorized): east: Incorrect API key"))
                #expect(ending.errors.contains("; west: Incorrect API key"))
                // A key that is not there at all is told before anything is sent.
                let missing = try await workspace.sluice(["run", "job.yaml"], environment: ["A": "x"])
                #expect(missing.code == 2)
                #expect(missing.errors.contains("the environment variable B holds no key"))
            }
        }

        @Test func aModelIsAskedForUnderEachEndpointsOwnName() async throws {
            func knows(_ model: String) -> SimulatorConfiguration {
                configuration {
                    $0.script = { request, _ in
                        let isKnown = String(decoding: request.body, as: UTF8.self).contains("\"model\":\"\(model)\"")
                        return isKnown
                            ? nil : ScriptedReply(status: 404, body: #"{"error":{"message":"no such model"}}"#)
                    }
                }
            }
            try await withEndpoints([knows("gpt-5.2"), knows("qwen-8b"), knows("small")]) { simulators, workspace in
                let rows = 1...300
                try workspace.write("rows.jsonl", Rows.jsonl(rows))
                try workspace.write(
                    "job.yaml", jobFile(simulators, more: ["", ", model: qwen-8b", ", models: {gpt-5.2: small}"]))
                let ending = try await workspace.sluice("run", "job.yaml", "--json")
                #expect(ending.code == 0)
                Rows.expectAnswered(try workspace.results("results.jsonl"), rows)
                #expect(try counts(ending.output, "ok").values.allSatisfy { $0 > 0 })
                #expect(try counts(ending.output, "attempts").values.reduce(0, +) == 300)
                // What is asked is the same, whoever answers under whichever name.
                let again = try await workspace.sluice("run", "job.yaml", "--new", "--reuse", "identical")
                #expect(again.code == 0)
                #expect(again.errors.contains("identical requests of other runs"))
            }
        }

        @Test func oneThatDiesComesBackAndNoRowIsLost() async throws {
            let endpoint = configuration { $0.latency = .fixed(.milliseconds(20)) }
            try await withEndpoints([endpoint, endpoint]) { simulators, workspace in
                let rows = 1...1500
                try workspace.write("rows.jsonl", Rows.jsonl(rows))
                try workspace.write("job.yaml", jobFile(simulators, rest: "timeouts: {connect: 2s}"))
                let program = try workspace.start(["run", "job.yaml", "--json"])
                try #require(await simulators[0].wait { $0.answered >= 100 })
                let seen = simulators[0].statistics()
                await simulators[0].stop()
                let others = simulators[1].statistics().answered
                try #require(await simulators[1].wait { $0.answered >= others + 100 })
                var configuration = endpoint
                configuration.port = simulators[0].port
                let back = try await Simulator.start(configuration)
                // A probe finds it again, and it takes its share.
                let isBack = await back.wait { $0.answered >= 50 }
                let ending = try await program.end()
                await back.stop()
                #expect(isBack)
                #expect(ending.code == 0, "\(ending.errors)")
                Rows.expectAnswered(try workspace.results("results.jsonl"), rows)
                let totals = try Totals(ending.output)
                let asked = seen.begun + back.statistics().begun + simulators[1].statistics().begun
                #expect(Int64(asked - rows.count) <= totals.possiblyBilled)
                #expect(totals.possiblyBilled <= 8)
            }
        }

        @Test func afterACrashTheLedgerNamesNobodyForWhatWasInFlight() async throws {
            let endpoint = configuration { $0.latency = .fixed(.milliseconds(30)) }
            try await withEndpoints([endpoint, endpoint]) { simulators, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...300))
                try workspace.write("job.yaml", jobFile(simulators))
                let program = try workspace.start(["run", "job.yaml"])
                try #require(await simulators[0].wait { $0.answered >= 50 })
                program.send(SIGKILL)
                #expect(try await program.end().code == -SIGKILL)
                let ending = try await workspace.sluice("run", "job.yaml", "--json")
                #expect(ending.code == 0)
                let totals = try Totals(ending.output)
                let attempts = try counts(ending.output, "attempts")
                #expect(attempts["?"] == Int(totals.possiblyBilled))
                #expect(totals.possiblyBilled > 0)
                #expect(try await workspace.sluice("status").output.contains("not known: "))
            }
        }

        @Test func flagsThatMeanOneEndpointAreRefusedAndABaseURLTakesThePlaceOfAll() async throws {
            try await withEndpoints([configuration(), configuration(), configuration()]) { simulators, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...20))
                try workspace.write("job.yaml", jobFile(Array(simulators.prefix(2))))
                let refused = try await workspace.sluice("run", "job.yaml", "--key-env", "A_KEY")
                #expect(refused.code == 64)
                #expect(refused.errors.contains("--key-env does not say which of the job's 2 endpoints it means"))
                let ending = try await workspace.sluice(
                    "run", "job.yaml", "--base-url", simulators[2].baseURL, "--name", "rehearsal")
                #expect(ending.code == 0)
                #expect(simulators.map { $0.statistics().requests } == [0, 0, 20])
            }
        }
    }
}

import SluiceSimulator
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension CommandLineTests {
    /// An endpoint that goes wrong now and then, or always.
    @Suite struct FaultTests {
        @Test func allIsWellInTheEnd() async throws {
            try await withEndpoint {
                $0.faults = FaultPlan([
                    .init(.status(500), rate: 0.05), .init(.reset, rate: 0.02), .init(.truncated, rate: 0.01),
                    .init(.html502, rate: 0.01),
                ])
            } _: { simulator, workspace in
                let rows = 1...600
                try workspace.write("rows.jsonl", Rows.jsonl(rows))
                try workspace.write("job.yaml", jobFile(simulator, concurrency: 16))
                let ending = try await workspace.sluice("run", "job.yaml", "--json")
                #expect(ending.code == 0)
                Rows.expectAnswered(try workspace.results("results.jsonl"), rows)
                let statistics = simulator.statistics()
                let faults = statistics.faults.values.reduce(0, +)
                #expect(statistics.faults.count == 4)
                let totals = try Totals(ending.output)
                // Every request that the endpoint saw stands in the ledger, and none was sent behind its back.
                #expect(Int(totals.attempts) == statistics.requests)
                #expect(Int(totals.retries) == faults)
                #expect(statistics.answered == 600)
                #expect(statistics.mostInFlight <= 16)
                // Only where the endpoint may have worked without saying so.
                let silent = (statistics.faults["reset"] ?? 0) + (statistics.faults["truncated"] ?? 0)
                #expect(Int(totals.possiblyBilled) == silent)
                let attempts = try workspace.results("results.jsonl").compactMap(\.attempts).reduce(0, +)
                #expect(attempts == totals.attempts)
            }
        }

        @Test(arguments: [
            Fault.status(500), .status(503), .status(408), .reset, .closed, .truncated, .cut, .stall, .html502,
            .badUTF8,
            .error200, .emptyChoices,
        ])
        func aFaultIsNoAnswer(fault: Fault) async throws {
            try await withEndpoint {
                $0.faults = FaultPlan([.init(fault, rate: 1)], onFirstAttemptOnly: true)
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...4))
                try workspace.write(
                    "job.yaml", jobFile(simulator, concurrency: 4, more: "timeouts: {first_byte: 300ms}"))
                let ending = try await workspace.sluice("run", "job.yaml", "--json")
                #expect(ending.code == 0)
                let results = try workspace.results("results.jsonl")
                Rows.expectAnswered(results, 1...4)
                #expect(results.map(\.attempts) == [2, 2, 2, 2])
                #expect(try Totals(ending.output).retries == 4)
                #expect(simulator.statistics().requests == 8)
            }
        }

        @Test func whatFailsForGoodIsFailedAndNamed() async throws {
            let script: SimulatorConfiguration.Script = { request, _ in
                guard String(decoding: request.body, as: UTF8.self).contains("broken") else { return nil }
                return ScriptedReply(status: 500, body: #"{"error":{"message":"out of order","type":"server_error"}}"#)
            }
            try await withEndpoint {
                $0.script = script
            } _: { simulator, workspace in
                try workspace.write(
                    "rows.jsonl", Rows.jsonl(1...2) + #"{"custom_id":"bad","prompt":"broken"}"# + "\n" + Rows.line(3))
                try workspace.write("job.yaml", jobFile(simulator))
                let ending = try await workspace.sluice("run", "job.yaml", "--json", "--attempts", "3")
                #expect(ending.code == 1)
                let results = try workspace.results("results.jsonl")
                #expect(results.map(\.customID) == ["r1", "r2", "bad", "r3"])
                #expect(results.map(\.resultClass) == ["ok", "ok", "failed", "ok"])
                #expect(results[2].attempts == 3)
                #expect(results[2].error == "server_error: out of order")
                #expect(results[2].text == nil)
                #expect(try Totals(ending.output).classes["failed"] == 1)
                #expect(simulator.statistics().requests == 6)
                #expect(try await workspace.sluice("run", "job.yaml").code == 1)
                #expect(simulator.statistics().requests == 6)
            }
        }

        @Test func beingThrottledIsNotAnAttempt() async throws {
            try await withEndpoint {
                $0.faults = FaultPlan([.init(.status(429), rate: 1)], onFirstAttemptOnly: true)
                $0.faultRetryAfter = .milliseconds(1)
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...3))
                try workspace.write("job.yaml", jobFile(simulator))
                let ending = try await workspace.sluice("run", "job.yaml", "--attempts", "1", "--json")
                #expect(ending.code == 0)
                let results = try workspace.results("results.jsonl")
                Rows.expectAnswered(results, 1...3)
                #expect(results.map(\.attempts) == [1, 1, 1])
                #expect(simulator.statistics().requests == 6)
            }
        }

        @Test func aLongPauseThatIsAskedForEndsTheRun() async throws {
            try await withEndpoint {
                $0.faults = FaultPlan([.init(.status(429), rate: 1)], onFirstAttemptOnly: true)
                $0.faultRetryAfter = .seconds(7200)
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...4))
                try workspace.write("job.yaml", jobFile(simulator))
                let ending = try await workspace.sluice("run", "job.yaml")
                #expect(ending.code == 3)
                #expect(
                    ending.errors.contains(
                        "the endpoint asks for a pause of 2 h 0 min; run the same command again then"))
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                Rows.expectAnswered(try workspace.results("results.jsonl"), 1...4)
            }
        }

        /// What an endpoint says can neither move the cursor nor begin a line of its own.
        @Test func wordsOfTheEndpointAreHarmless() async throws {
            try await withEndpoint {
                $0.script = { _, _ in
                    ScriptedReply(
                        status: 401, body: #"{"error":{"message":"bad\u001b[2J\u0007 key\r\nsluice: all ok\u202e"}}"#)
                }
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...2))
                try workspace.write("job.yaml", jobFile(simulator))
                let ending = try await workspace.sluice("run", "job.yaml")
                #expect(ending.code == 3)
                #expect(ending.errors.contains("bad"))
                #expect(!ending.errors.contains("\nsluice: all ok"))
                let control = ending.errors.unicodeScalars.contains {
                    ($0.value < 0x20 && $0 != "\n") || $0 == "\u{202E}" || (0x7F..<0xA0).contains($0.value)
                }
                #expect(!control)
            }
        }

        /// Nothing left, so it was no attempt; the endpoint comes back, and the run goes on.
        @Test func anEndpointThatIsNotThereIsWaitedFor() async throws {
            try await withEndpoint { gone, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...3))
                try workspace.write("job.yaml", jobFile(gone))
                await gone.stop()
                let program = try workspace.start(["run", "job.yaml", "--attempts", "1", "--json"])
                try await workspace.wait(forRows: 3, in: Self.unsent)
                var configuration = SimulatorConfiguration()
                configuration.port = gone.port
                let back = try await Simulator.start(configuration)
                let ending = try await program.end()
                #expect(ending.code == 0)
                let results = try workspace.results("results.jsonl")
                Rows.expectAnswered(results, 1...3)
                #expect(results.map(\.attempts) == [1, 1, 1])
                let totals = try Totals(ending.output)
                #expect(totals.attempts == 3)
                #expect(totals.possiblyBilled == 0)
                #expect(back.statistics().requests == 3)
                await back.stop()
            }
        }

        @Test func anEndpointThatNeverAnswersIsGivenUp() async throws {
            try await withEndpoint { gone, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...3))
                try workspace.write("job.yaml", jobFile(gone, more: "timeouts: {unreachable: 1s}"))
                await gone.stop()
                let ending = try await workspace.sluice("run", "job.yaml", "--attempts", "2")
                #expect(ending.code == 3)
                #expect(ending.errors.contains("the endpoint cannot be reached: "))
                let results = try workspace.results("results.jsonl")
                #expect(results.map(\.resultClass) == ["unsent", "unsent", "unsent"])
            }
        }

        @Test func waitingForAnEndpointCanBeInterrupted() async throws {
            try await withEndpoint { gone, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...3))
                try workspace.write("job.yaml", jobFile(gone))
                await gone.stop()
                let program = try workspace.start(["run", "job.yaml", "--json"])
                try await workspace.wait(forRows: 3, in: Self.unsent)
                program.send(SIGINT)
                let ending = try await program.end()
                #expect(ending.code == 3)
                let totals = try Totals(ending.output)
                #expect(totals.attempts == 0)
                #expect(totals.possiblyBilled == 0)
                #expect(totals.classes["unsent"] == 3)
            }
        }

        /// Attempts that found no connection.
        private static let unsent = "attempts WHERE outcome = 'unsent'"
    }
}

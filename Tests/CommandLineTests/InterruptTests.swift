import SluiceSimulator
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension CommandLineTests {
    /// A person or the system asks a run to stop.
    @Suite struct InterruptTests {
        @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
        func theFirstSignalLetsLandWhatIsInFlight(signal: Int32) async throws {
            try await withEndpoint {
                $0.latency = .lognormal(mean: .milliseconds(80), sigma: 0.4)
            } _: { simulator, workspace in
                let rows = 1...200
                try workspace.write("rows.jsonl", Rows.jsonl(rows))
                try workspace.write("job.yaml", jobFile(simulator, concurrency: 20))
                let program = try workspace.start(["run", "job.yaml", "--json"])
                try #require(await simulator.wait { $0.answered >= 50 })
                program.send(signal)
                let ending = try await program.end()
                #expect(ending.code == 3)
                #expect(ending.errors.contains("the same command goes on with what is left"))
                let statistics = simulator.statistics()
                #expect(statistics.abandoned == 0)
                #expect((50..<200).contains(statistics.answered))
                let totals = try Totals(ending.output)
                #expect(totals.state == "interrupted")
                #expect(totals.classes["ok"].map(Int.init) == statistics.answered)
                #expect(totals.sumOfClasses == 200)
                #expect(totals.possiblyBilled == 0)
                // What has an answer is written, and the others are named.
                let results = try workspace.results("results.jsonl")
                #expect(results.map(\.customID) == rows.map(Rows.id))
                #expect(results.count { $0.resultClass == "ok" } == statistics.answered)
                #expect(results.count { $0.resultClass == "unsent" } == 200 - statistics.answered)

                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                Rows.expectAnswered(try workspace.results("results.jsonl"), rows)
                #expect(simulator.statistics().requests == 200)
            }
        }

        @Test func theSecondSignalGivesUpWhatIsInFlight() async throws {
            try await withEndpoint {
                $0.faults = FaultPlan([.init(.stall, rate: 1)])
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...10))
                try workspace.write("job.yaml", jobFile(simulator, concurrency: 5))
                let program = try workspace.start(["run", "job.yaml", "--json", "--grace", "86400"])
                try #require(await simulator.wait { $0.inFlight == 5 })
                // At least one is claimed ahead of its turn. It is handed back once the first signal has come.
                try await workspace.wait { $0.inFlight > 5 }
                program.send(SIGINT)
                try await workspace.wait { $0.inFlight == 5 }
                program.send(SIGINT)
                let ending = try await program.end()
                #expect(ending.code == 3)
                #expect(ending.errors.contains("5 possibly billed"))
                let totals = try Totals(ending.output)
                #expect(totals.possiblyBilled == 5)
                #expect(totals.attempts == 5)
                #expect(totals.classes["unsent"] == 10)
                #expect(totals.inFlight == 0)
                #expect(simulator.statistics().begun == 5)
            }
        }

        @Test func theTimeOfGraceIsHeld() async throws {
            try await withEndpoint {
                $0.faults = FaultPlan([.init(.stall, rate: 1)])
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...3))
                try workspace.write("job.yaml", jobFile(simulator))
                let program = try workspace.start(["run", "job.yaml", "--json", "--grace", "0"])
                try #require(await simulator.wait { $0.inFlight == 3 })
                program.send(SIGINT)
                let ending = try await program.end()
                #expect(ending.code == 3)
                #expect(try Totals(ending.output).possiblyBilled == 3)
            }
        }

        @Test func planningCanBeInterrupted() async throws {
            try await withEndpoint { simulator, workspace in
                let command = ["run", "-", "--model", "m", "--base-url", simulator.baseURL]
                let program = try workspace.start(command, input: .open)
                program.feed(Array(Rows.jsonl(1...6000).utf8))
                try await workspace.wait { $0.run.isPlanning }
                program.send(SIGINT)
                // It is looked at now and then, between two rows.
                program.feed(Array(Rows.jsonl(6001...9000).utf8))
                program.endInput()
                let ending = try await program.end()
                #expect(ending.code == 3)
                #expect(ending.errors.contains("interrupted"))
                #expect(simulator.statistics().requests == 0)
            }
        }

        /// Who ignores a hang-up before the program starts, as nohup does, wants it ignored.
        @Test func whatNohupIgnoresStaysIgnored() async throws {
            try await withEndpoint {
                $0.latency = .fixed(.milliseconds(20))
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...60))
                try workspace.write("job.yaml", jobFile(simulator, concurrency: 4))
                let program = try workspace.startShell("trap '' HUP; exec sluice run job.yaml --quiet")
                try #require(await simulator.wait { $0.answered >= 5 })
                program.send(SIGHUP)
                let ending = try await program.end()
                #expect(ending.code == 0)
                Rows.expectAnswered(try workspace.results("results.jsonl"), 1...60)
            }
        }

        /// Such as a terminal at which somebody forgot to pipe something in.
        @Test func waitingForInputCanBeInterrupted() async throws {
            try await withEndpoint { simulator, workspace in
                let program = try workspace.start(
                    ["run", "-", "--model", "m", "--base-url", simulator.baseURL], input: .open)
                try await workspace.wait { _ in true }
                program.send(SIGINT)
                let ending = try await program.end()
                #expect(ending.code == 3)
                #expect(ending.errors.contains("interrupted; nothing is being sent, and the same command goes on"))
            }
        }

        @Test func waitingToTryAgainCanBeInterrupted() async throws {
            try await withEndpoint {
                $0.faults = FaultPlan([.init(.status(500), rate: 1)], onFirstAttemptOnly: true)
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...4))
                let file = jobFile(simulator).replacing(
                    "retry: {base: 1ms, cap: 5ms}", with: "retry: {base: 1h, cap: 1h}")
                try workspace.write("job.yaml", file)
                let program = try workspace.start(["run", "job.yaml"])
                try await workspace.wait { $0.totals.retries == 4 }
                program.send(SIGINT)
                #expect(try await program.end().code == 3)
                // The next sitting does not wait for the rest of the hour.
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                Rows.expectAnswered(try workspace.results("results.jsonl"), 1...4)
                #expect(simulator.statistics().requests == 8)
            }
        }
    }
}

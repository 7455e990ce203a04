import SluiceSimulator
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension CommandLineTests {
    /// The program is killed while it sends; the same command, typed again, goes on.
    @Suite struct CrashTests {
        private static let inFlight = 50

        @Test(arguments: [1, 3])
        func everyRowEndsOnceHoweverOftenTheProgramIsKilled(kills: Int) async throws {
            try await withEndpoint {
                $0.latency = .lognormal(mean: .milliseconds(60), sigma: 0.5)
            } _: { simulator, workspace in
                let rows = 1...400
                try workspace.write("rows.jsonl", Rows.jsonl(rows))
                try workspace.write("job.yaml", jobFile(simulator, concurrency: Self.inFlight))
                var endings: [Int32] = []
                for kill in 1...kills {
                    let answers = 100 * kill
                    let program = try workspace.start(["run", "job.yaml"])
                    try #require(await simulator.wait { $0.answered >= answers })
                    program.send(SIGKILL)
                    endings.append(try await program.end().code)
                    // The endpoint has seen that its client is gone, or it would be answering it yet.
                    try #require(await simulator.wait { $0.inFlight == 0 })
                }
                #expect(endings == Array(repeating: -SIGKILL, count: kills))
                let last = try await workspace.sluice("run", "job.yaml", "--json")
                #expect(last.code == 0)
                #expect(last.errors.contains("possibly billed, and sent again"))
                Rows.expectAnswered(try workspace.results("results.jsonl"), rows)
                let totals = try Totals(last.output)
                #expect(totals.classes["ok"] == 400)
                let statistics = simulator.statistics()
                #expect(statistics.distinctBodies == 400)
                #expect(statistics.mostInFlight <= Self.inFlight)
                #expect(statistics.duplicates > 0)
                #expect(Int(totals.possiblyBilled) >= statistics.duplicates)
                #expect(statistics.duplicates <= kills * Self.inFlight)
                #expect(Int(totals.attempts) >= statistics.begun)
            }
        }

        /// Answers that come faster than the disk takes them are recorded before their places are given away.
        @Test func noMoreIsAskedAgainThanWasInFlight() async throws {
            try await withEndpoint {
                $0.latency = .fixed(.milliseconds(1))
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...2000))
                try workspace.write("job.yaml", jobFile(simulator, concurrency: 4))
                let program = try workspace.start(["run", "job.yaml"])
                try #require(await simulator.wait { $0.answered >= 500 })
                program.send(SIGKILL)
                #expect(try await program.end().code == -SIGKILL)
                let last = try await workspace.sluice("run", "job.yaml", "--json")
                #expect(last.code == 0)
                #expect(simulator.statistics().duplicates <= 4)
                Rows.expectAnswered(try workspace.results("results.jsonl"), 1...2000)
                #expect(simulator.statistics().distinctBodies == 2000)
                #expect(Int(try Totals(last.output).possiblyBilled) >= simulator.statistics().duplicates)
            }
        }

        /// What a kill may have cost is told at most: a token a byte that was sent, and the limit of each answer.
        @Test func whatMayHaveBeenBilledHasABound() async throws {
            try await withEndpoint {
                $0.faults = FaultPlan([.init(.stall, rate: 1)], onFirstAttemptOnly: true)
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...8))
                let job = jobFile(simulator, concurrency: 8)
                    .replacing("model: gpt-5.2", with: "model: gpt-5.2, max_completion_tokens: 500")
                try workspace.write("job.yaml", job + "price: {per_million: {input: 1, output: 10}}\n")
                let program = try workspace.start(["run", "job.yaml"])
                try #require(await simulator.wait { $0.inFlight == 8 })
                program.send(SIGKILL)
                #expect(try await program.end().code == -SIGKILL)
                let last = try await workspace.sluice("run", "job.yaml")
                #expect(last.code == 0)
                let bytes = try workspace.count("SELECT sum(length(CAST(body AS BLOB))) FROM requests")
                let report = try workspace.report()
                #expect(report.totals.possible.tokens == Int(bytes) + 8 * 500)
                #expect(report.totals.possible.cost.picoDollars == Int64(bytes) * 1_000_000 + 8 * 500 * 10_000_000)
                #expect(
                    last.errors.contains(" and at most $\(report.totals.possible.cost) for 8 attempts possibly billed"))
            }
        }

        @Test func aKillWhilePlanningLeavesNothingBehind() async throws {
            try await withEndpoint { simulator, workspace in
                let command = ["run", "-", "--model", "m", "--base-url", simulator.baseURL]
                let program = try workspace.start(command, input: .open)
                program.feed(Array(Rows.jsonl(1...6000).utf8))
                // The planner commits as it goes: rows of a plan that is not in force lie about.
                try await workspace.wait { $0.run.isPlanning }
                program.send(SIGKILL)
                #expect(try await program.end().code == -SIGKILL)
                #expect(simulator.statistics().requests == 0)
                let ending = try await workspace.sluice(command, input: .bytes(Array(Rows.jsonl(3...12).utf8)))
                #expect(ending.code == 0)
                #expect(ending.errors.contains("10 rows: 10 new, 0 changed, 0 removed, 0 reusable"))
                Rows.expectAnswered(try workspace.results("stdin.results.jsonl"), 3...12)
                #expect(simulator.statistics().requests == 10)
            }
        }
    }
}

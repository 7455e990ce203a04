import SluiceSimulator
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension TortureTests {
    /// Asked to stop at random moments: what is in flight lands, once; or is given up, and named.
    @Suite struct SignalTortureTests {
        @Test(.timeLimit(.minutes(20)), arguments: [SIGINT, SIGTERM, SIGHUP])
        func askedOnce(signal: Int32) async throws {
            let torture = Torture("signal \(signal), once")
            let rounds = max(1, torture.kills / 40)
            var stopped = 0
            try await withEndpoint {
                $0.latency = .lognormal(mean: .milliseconds(40), sigma: 0.6)
            } _: { simulator, _ in
                for round in 0..<rounds {
                    let workspace = try Workspace()
                    let rows = (round * torture.rows + 1)...((round + 1) * torture.rows)
                    try workspace.write("rows.jsonl", Rows.jsonl(rows))
                    try workspace.write("job.yaml", jobFile(simulator, concurrency: torture.inFlight))
                    let moment = simulator.statistics().answered + torture.random(in: 1...(torture.rows * 8 / 10))
                    let program = try workspace.start(["run", "job.yaml", "--json"], patience: 120)
                    try #require(await simulator.wait { $0.answered >= moment })
                    program.send(signal)
                    let ending = try await program.end()
                    #expect(ending.code == 3, "\(ending.errors), seed \(torture.seed)")
                    #expect(ending.errors.contains("the same command goes on with what is left"))
                    let totals = try Totals(ending.output)
                    #expect(totals.possiblyBilled == 0 && totals.sumOfClasses == torture.rows)
                    #expect(try workspace.examine(torture.seedComment).open.isEmpty)
                    stopped += Int(totals.classes["unsent"] ?? 0)
                    #expect(try await workspace.start(["run", "job.yaml"], patience: 120).end().code == 0)
                    Rows.expectAnswered(try workspace.results("results.jsonl"), rows)
                }
                #expect(simulator.statistics().duplicates == 0, torture.seedComment)
                #expect(simulator.statistics().abandoned == 0, torture.seedComment)
            }
            torture.tell("\(rounds) stops with \(stopped) rows left, all landed: 0 asked again, seed \(torture.seed)")
        }

        @Test(.timeLimit(.minutes(20))) func askedTwice() async throws {
            let torture = Torture("signals, twice")
            let rounds = max(2, torture.kills / 40)
            var billed = 0
            try await withEndpoint {
                $0.latency = .lognormal(mean: .milliseconds(150), sigma: 0.6)
            } _: { simulator, _ in
                for round in 0..<rounds {
                    let workspace = try Workspace()
                    let rows = (round * torture.rows + 1)...((round + 1) * torture.rows)
                    try workspace.write("rows.jsonl", Rows.jsonl(rows))
                    try workspace.write("job.yaml", jobFile(simulator, concurrency: torture.inFlight))
                    let moment = simulator.statistics().answered + torture.random(in: 1...(torture.rows * 7 / 10))
                    let duplicates = simulator.statistics().duplicates
                    let program = try workspace.start(["run", "job.yaml", "--json"], patience: 120)
                    try #require(await simulator.wait { $0.answered >= moment })
                    program.send(SIGINT)
                    program.send(SIGTERM)
                    let ending = try await program.end()
                    #expect(ending.code == 3, "\(ending.errors), seed \(torture.seed)")
                    let totals = try Totals(ending.output)
                    #expect(totals.possiblyBilled <= torture.inFlight && totals.inFlight == 0, torture.seedComment)
                    #expect(try workspace.examine(torture.seedComment).open.isEmpty)
                    billed += Int(totals.possiblyBilled)
                    #expect(try await workspace.start(["run", "job.yaml"], patience: 120).end().code == 0)
                    Rows.expectAnswered(try workspace.results("results.jsonl"), rows)
                    let again = simulator.statistics().duplicates - duplicates
                    #expect(again <= Int(totals.possiblyBilled), torture.seedComment)
                }
            }
            torture.tell("\(rounds) stops, \(billed) given up and named possibly billed, seed \(torture.seed)")
        }

        /// The program stands still, as under Ctrl-Z or in a machine that sleeps, and goes on.
        @Test(.timeLimit(.minutes(5))) func stoodStill() async throws {
            let torture = Torture("stood still")
            try await withEndpoint {
                $0.latency = .fixed(.milliseconds(20))
            } _: { simulator, workspace in
                let rows = 1...torture.rows
                try workspace.write("rows.jsonl", Rows.jsonl(rows))
                try workspace.write("job.yaml", jobFile(simulator, concurrency: torture.inFlight))
                let program = try workspace.start(["run", "job.yaml"], patience: 120)
                for part in 1...3 {
                    let moment = torture.rows * part / 4
                    try #require(await simulator.wait { $0.answered >= moment })
                    program.send(SIGSTOP)
                    // All that was in flight is answered, and nobody takes it in.
                    try #require(await simulator.wait { $0.inFlight == 0 })
                    program.send(SIGCONT)
                }
                #expect(try await program.end().code == 0)
                Rows.expectAnswered(try workspace.results("results.jsonl"), rows)
                #expect(simulator.statistics().requests == torture.rows)
                _ = try workspace.examine(torture.seedComment)
            }
            torture.tell("3 stops of the whole process over \(torture.rows) rows: 0 asked again")
        }
    }
}

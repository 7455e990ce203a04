import JSON
import SQLite
import SluiceSimulator
import Testing

@testable import Sluice

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension CommandLineTests {
    /// Looking at a run from another terminal while it sends.
    @Suite struct LiveTests {
        /// Runs `body` while a run of six rows waits for two answers that do not come, r2 and r5.
        private func whileSending(_ body: (Simulator, Workspace, Program) async throws -> Void) async throws {
            let script: SimulatorConfiguration.Script = { request, _ in
                let text = String(decoding: request.body, as: UTF8.self)
                return text.contains("Question 2:") || text.contains("Question 5:") ? .nothing(.stall) : nil
            }
            try await withEndpoint {
                $0.script = script
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...6))
                try workspace.write("job.yaml", jobFile(simulator))
                let program = try workspace.start(["run", "job.yaml", "--grace", "0", "--json"])
                try await workspace.wait { $0.totals.settled == 4 && $0.inFlight == 2 }
                try await body(simulator, workspace, program)
                program.send(SIGINT)
                let ending = try await program.end()
                #expect(ending.code == 3)
                #expect(try Totals(ending.output).possiblyBilled == 2)
            }
        }

        /// Four at once where more could be: that is what the run says it waited for.
        @Test func itSaysWhatItWaitedFor() async throws {
            try await withEndpoint {
                $0.latency = .fixed(.milliseconds(100))
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...40))
                try workspace.write("job.yaml", jobFile(simulator, concurrency: 4))
                let ending = try await workspace.sluice("run", "job.yaml", "--json")
                #expect(ending.code == 0)
                let parser = JSONParser()
                let bounds = try #require(try parser.parse(Array(ending.output.utf8))["bound_by"])
                #expect(bounds[0]?["bound"]?.string == "concurrency")
                #expect(bounds[0]?["share"]?.double ?? 0 > 0.5)
                #expect(ending.errors.contains("what would help most: a greater concurrency, or auto"))
            }
        }

        @Test func itsTotalsAddUp() async throws {
            try await whileSending { _, workspace, _ in
                for arguments in [
                    ["status", "--json"], ["status", "1", "--json"], ["status", "job", "--json"], ["runs", "--json"],
                ] {
                    let ending = try await workspace.sluice(arguments)
                    #expect(ending.code == 0)
                    #expect(ending.errors.isEmpty)
                    let totals = try Totals(ending.output)
                    #expect(totals.state == "running")
                    #expect(totals.rows == 6)
                    #expect(totals.classes["ok"] == 4)
                    #expect(totals.classes["unsent"] == 2)
                    #expect(totals.sumOfClasses == 6)
                    #expect(totals.inFlight == 2)
                    #expect(totals.attempts == 4)
                    #expect(totals.totalTokens == totals.promptTokens + totals.completionTokens)
                }
                #expect(try await workspace.sluice("status").output.contains("job · running"))
                let runs = try await workspace.sluice("runs").output
                #expect(runs.contains(/1 +job +6 +4 +0 +2 +0 +\d+\.\d kB +running/))
                let unknown = try await workspace.sluice("status", "nothing")
                #expect(unknown.code == 2)
                #expect(unknown.errors.contains("no run 'nothing' in .sluice/queue.db"))
            }
        }

        @Test func itsResultsCanBeExported() async throws {
            try await whileSending { _, workspace, _ in
                let ending = try await workspace.sluice("export", "job")
                #expect(ending.code == 0)
                let results = try ResultLine.read(ending.output)
                #expect(results.map(\.customID) == (1...6).map(Rows.id))
                #expect(results.map(\.resultClass) == ["ok", "unsent", "ok", "ok", "unsent", "ok"])
                Rows.expectAnswered(results.filter { $0.resultClass == "ok" }, [1, 3, 4, 6])

                #expect(
                    try await workspace.sluice("export", "--format", "batch", "--output", "now.output.jsonl").code == 0)
                #expect(try workspace.lines("now.output.jsonl").count == 4)
                let open = try workspace.lines("now.errors.jsonl")
                #expect(open.count == 2)
                #expect(open.first?.contains(#""custom_id":"r2","response":null,"error":{"code":"unsent""#) == true)

                let table = try await workspace.sluice("export", "--format", "csv")
                let lines = Workspace.lines(of: table.output)
                #expect(lines.count == 7)
                #expect(lines[0].hasPrefix("custom_id,class,text,finish_reason,model,prompt_tokens,"))
                #expect(lines[2].hasPrefix("r2,unsent,"))
            }
        }

        @Test func aSecondRunOfItIsRefused() async throws {
            try await whileSending { simulator, workspace, program in
                let second = try await workspace.sluice("run", "job.yaml")
                #expect(second.code == 2)
                #expect(second.errors.contains("run 1 is being run by another process (process \(program.processID))"))
                #expect(simulator.statistics().requests == 6)
                // A plan only looks.
                let plan = try await workspace.sluice("plan", "job.yaml")
                #expect(plan.code == 0)
                #expect(plan.output.contains("6 rows: 0 new, 0 changed, 0 removed, 6 reusable"))
            }
        }

        @Test func twoJobsShareAQueue() async throws {
            try await withEndpoint {
                $0.latency = .fixed(.milliseconds(10))
            } _: { simulator, workspace in
                try workspace.write("a.jsonl", Rows.jsonl(1...60))
                try workspace.write("b.jsonl", Rows.jsonl(31...90))
                // There already: making it is another matter.
                try workspace.write("rows.jsonl", Rows.line(1))
                try workspace.write("job.yaml", jobFile(simulator))
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                let programs = try ["a.jsonl", "b.jsonl"].map {
                    try workspace.start([
                        "run", $0, "--model", "m", "--concurrency", "4", "--base-url", simulator.baseURL,
                    ])
                }
                for program in programs {
                    let ending = try await program.end()
                    #expect(ending.code == 0, "\(ending.errors)")
                }
                Rows.expectAnswered(try workspace.results("a.results.jsonl"), 1...60)
                Rows.expectAnswered(try workspace.results("b.results.jsonl"), 31...90)
                #expect(simulator.statistics().requests == 121)
                #expect(Workspace.lines(of: try await workspace.sluice("runs").output).count == 4)
            }
        }

        @Test func twoJobsMakeAQueueTogether() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("a.jsonl", Rows.jsonl(1...2))
                try workspace.write("b.jsonl", Rows.jsonl(3...4))
                var endings: [Program.Ending] = []
                for round in 1...10 {
                    let programs = try ["a.jsonl", "b.jsonl"].map {
                        try workspace.start([
                            "run", $0, "--model", "m", "--queue", "queue\(round)/q.db", "--base-url", simulator.baseURL,
                        ])
                    }
                    for program in programs { endings.append(try await program.end()) }
                }
                #expect(endings.filter { $0.code != 0 }.map(\.errors) == [])
            }
        }

        /// Two terminals, one command, the same moment: one of them runs it.
        @Test func ofTwoThatStartTogetherOneRuns() async throws {
            try await withEndpoint {
                $0.latency = .fixed(.milliseconds(50))
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...8))
                let command = [
                    "run", "rows.jsonl", "--model", "m", "--base-url", simulator.baseURL, "--concurrency", "2",
                ]
                // A queue that is there already: making one lets only one in at a time.
                #expect(try await workspace.sluice(command + ["--name", "before"]).code == 0)
                for round in 1...4 {
                    // Nobody can write until both have looked for a run to go on with.
                    let queue = try Queue(path: "\(workspace.path)/.sluice/queue.db")
                    try queue.database.execute("BEGIN IMMEDIATE")
                    let programs = try (0..<2).map { _ in try workspace.start(command + ["--name", "round\(round)"]) }
                    try await workspace.wait { _ in programs.allSatisfy { $0.hasOpened("queue.db-wal") } }
                    try queue.database.execute("COMMIT")
                    // The later one is refused, or finds all done.
                    for program in programs { #expect([0, 2].contains(try await program.end().code)) }
                }
                let runs = try await workspace.sluice("runs")
                #expect(Workspace.lines(of: runs.output).count == 1 + 5)
                #expect(simulator.statistics().requests == 8 + 4 * 8)
            }
        }

        @Test func whereThereIsNoQueueItIsSaid() async throws {
            let workspace = try Workspace()
            for command in ["status", "runs", "export"] {
                let ending = try await workspace.sluice(command)
                #expect(ending.code == 2)
                #expect(ending.output.isEmpty)
                #expect(
                    ending.errors
                        == "sluice: there is no queue at .sluice/queue.db; start a run first, or name the queue with --queue\n"
                )
            }
            try workspace.write(
                "other.db", "not a database, and longer than a header: " + String(repeating: "x", count: 200))
            let ending = try await workspace.sluice("status", "--queue", "other.db")
            #expect(ending.code == 2)
            #expect(ending.errors.contains("not a SQLite database"))
            #expect(ending.errors.contains("other.db"))
            #expect(try workspace.names == ["other.db"])
        }
    }
}

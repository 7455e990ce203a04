import SQLite
import SluiceSimulator
import Testing

@testable import Sluice

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension TortureTests {
    /// kill -9 at random moments.
    @Suite struct KillTests {
        private static let killsPerRun = 4

        /// While it claims, sends and records.
        @Test(.timeLimit(.minutes(60))) func killedWhileSending() async throws {
            let torture = Torture("killed while sending")
            let sent = SentRows()
            var figures = (kills: 0, resent: 0, named: 0, mostExposed: 0, runs: 0)
            try await withEndpoint {
                $0.latency = .lognormal(mean: .milliseconds(40), sigma: 0.6)
                $0.script = { request, _ in
                    sent.note(request)
                    return nil
                }
            } _: { simulator, _ in
                while figures.kills < torture.kills {
                    let workspace = try Workspace()
                    let first = figures.runs * torture.rows + 1
                    let rows = first...(first + torture.rows - 1)
                    try workspace.write("rows.jsonl", Rows.jsonl(rows))
                    try workspace.write("job.yaml", jobFile(simulator, concurrency: torture.inFlight))
                    let kills = min(Self.killsPerRun, torture.kills - figures.kills)
                    let moments = (0..<kills).map { _ in torture.random(in: 1...(torture.rows * 9 / 10)) }.sorted()
                    var last: Examination?
                    var frozen: [Int: Int] = [:]
                    var exposures: [Int: Int] = [:]
                    let base = simulator.statistics().answered
                    for moment in moments {
                        let before = sent.all
                        let program = try workspace.start(["run", "job.yaml"], patience: 120)
                        try #require(await simulator.wait { $0.answered >= base + moment })
                        program.send(SIGKILL)
                        #expect(try await program.end().code == -SIGKILL, torture.seedComment)
                        try await simulator.waitForSilence()
                        figures.kills += 1
                        let now = try workspace.examine(torture.seedComment)
                        // What was recorded stays, and was not sent again.
                        for (row, attempt) in last?.recorded ?? [:] {
                            #expect(now.recorded[row] == attempt, torture.seedComment)
                        }
                        let counts = sent.all
                        for (row, count) in frozen { #expect(counts[row] == count, torture.seedComment) }
                        for row in rows where now.recorded[Rows.id(row)] != nil { frozen[row] = counts[row] }
                        let exposed = rows.filter {
                            counts[$0, default: 0] > before[$0, default: 0] && now.recorded[Rows.id($0)] == nil
                        }
                        #expect(exposed.count <= torture.inFlight, torture.seedComment)
                        #expect(exposed.allSatisfy { now.open.contains(Rows.id($0)) }, torture.seedComment)
                        for row in exposed { exposures[row, default: 0] += 1 }
                        figures.mostExposed = max(figures.mostExposed, exposed.count)
                        last = now
                    }
                    let ending = try await workspace.start(["run", "job.yaml", "--json"], patience: 120).end()
                    // 0 says also that the books are even.
                    #expect(ending.code == 0, "\(ending.errors), seed \(torture.seed)")
                    Rows.expectAnswered(try workspace.results("results.jsonl"), rows)
                    let now = try workspace.examine(torture.seedComment)
                    let counts = sent.all
                    for row in rows {
                        let again = counts[row, default: 0] - 1
                        figures.resent += again
                        #expect((0...exposures[row, default: 0]).contains(again), torture.seedComment)
                        #expect(again <= now.possiblyBilled[Rows.id(row), default: 0], torture.seedComment)
                    }
                    for (row, count) in frozen { #expect(counts[row] == count, torture.seedComment) }
                    figures.named += now.possiblyBilled.values.reduce(0, +)
                    figures.runs += 1
                }
            }
            torture.tell(
                "\(figures.kills) kills over \(figures.runs) runs of \(torture.rows) rows at \(torture.inFlight): 0 lost, "
                    + "\(figures.resent) asked again, \(figures.named) named possibly billed, at most "
                    + "\(figures.mostExposed) exposed by one kill, seed \(torture.seed)")
        }

        /// While it reads and stages the input: of a first plan, then of one that changes every row.
        @Test(.timeLimit(.minutes(20))) func killedWhilePlanning() async throws {
            let torture = Torture("killed while planning")
            let kills = max(2, torture.kills / 10)
            var late = 0
            try await withEndpoint { simulator, workspace in
                let rows = 1...(torture.rows * 10)
                let input = Rows.jsonl(rows)
                try workspace.write("rows.jsonl", input)
                for round in 0...1 {
                    let model = "model-\(round)"
                    try workspace.write(
                        "job.yaml", jobFile(simulator, concurrency: 64).replacing("gpt-5.2", with: model))
                    let results = round == 0 ? nil : try workspace.bytes("results.jsonl")
                    for _ in 0..<kills {
                        let before = simulator.statistics().requests
                        let program = try workspace.start(["run", "job.yaml"], patience: 120)
                        let amount = torture.random(in: 1...input.utf8.count)
                        while program.readBytes.map({ $0 < amount }) ?? false, simulator.statistics().requests == before
                        {
                            await Task.yield()
                        }
                        program.send(SIGKILL)
                        #expect(try await program.end().code == -SIGKILL, torture.seedComment)
                        guard workspace.exists(".sluice/queue.db"), (try? workspace.report()) != nil else { continue }
                        try await simulator.waitForSilence()
                        let now = try workspace.examine(torture.seedComment)
                        if simulator.statistics().requests > before {
                            late += 1
                        } else {
                            #expect(now.run.rows == (round == 0 ? 0 : rows.count) || now.run.revision > round)
                        }
                        if let results, now.run.revision == 1 {
                            let export = try await workspace.sluice("export")
                            #expect(Array(export.output.utf8) == results, torture.seedComment)
                        }
                    }
                    let ending = try await workspace.start(["run", "job.yaml"], patience: 300).end()
                    #expect(ending.code == 0, "\(ending.errors), seed \(torture.seed)")
                    Rows.expectAnswered(try workspace.results("results.jsonl"), rows)
                    _ = try workspace.examine(torture.seedComment)
                }
            }
            torture.tell(
                "\(kills * 2) kills over plans of \(torture.rows * 10) rows, \(late) of them when it already sent: "
                    + "the plan before stayed in force, seed \(torture.seed)")
        }

        @Test(.timeLimit(.minutes(20))) func killedWhileExporting() async throws {
            let torture = Torture("killed while exporting")
            let kills = max(2, torture.kills / 10)
            try await withEndpoint {
                $0.answer.answerBytes = 4_000
            } _: { simulator, workspace in
                let rows = 1...torture.rows
                try workspace.write("rows.jsonl", Rows.jsonl(rows))
                try workspace.write("job.yaml", jobFile(simulator, concurrency: 64))
                #expect(try await workspace.start(["run", "job.yaml"], patience: 120).end().code == 0)
                let results = try workspace.bytes("results.jsonl")
                for _ in 0..<kills {
                    let program = try workspace.start(["run", "job.yaml"])
                    let amount = torture.random(in: 1...results.count)
                    while program.writtenBytes.map({ $0 < amount }) ?? false { await Task.yield() }
                    program.send(SIGKILL)
                    _ = try await program.end()
                    #expect(try workspace.bytes("results.jsonl") == results, torture.seedComment)
                    #expect(try workspace.names == ["rows.jsonl", "job.yaml", "results.jsonl", ".sluice"])
                    _ = try workspace.examine(torture.seedComment)
                }
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                #expect(try workspace.bytes("results.jsonl") == results)
                #expect(simulator.statistics().requests == rows.count)
            }
            torture.tell(
                "\(kills) kills: the results of before stayed whole, no other file was left, seed \(torture.seed)")
        }

        /// A queue of every older schema, half answered, brought up to date by a program that is killed over it.
        @Test(.timeLimit(.minutes(20))) func killedWhileMigrating() async throws {
            let torture = Torture("killed while migrating")
            let kills = max(4, torture.kills / 5)
            var versions: [Int64: Int] = [:]
            try await withEndpoint { simulator, _ in
                for kill in 0..<kills {
                    let workspace = try Workspace()
                    let rows = 1...40
                    try workspace.write("rows.jsonl", Rows.jsonl(1...20))
                    try workspace.write("job.yaml", jobFile(simulator))
                    #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                    try workspace.age(to: 1 + kill % (QueueSchema.migrations.count - 1))
                    try workspace.write("rows.jsonl", Rows.jsonl(rows))
                    let asked = simulator.statistics().requests
                    let program = try workspace.start(["run", "job.yaml"])
                    // Mostly soon: bringing it up to date takes a few milliseconds.
                    var patience = torture.random(in: 0...(1 << torture.random(in: 0...9)))
                    while !program.hasEnded, patience > 0 {
                        if program.hasOpened("queue.db") { patience -= 1 }
                    }
                    program.send(SIGKILL)
                    _ = try await program.end()
                    try await simulator.waitForSilence()
                    let database = try Database(path: workspace.queuePath, mode: .readOnly)
                    versions[try database.integer("PRAGMA user_version") ?? -1, default: 0] += 1
                    let before = simulator.statistics().requests
                    let ending = try await workspace.sluice("run", "job.yaml")
                    #expect(ending.code == 0, "\(ending.errors), seed \(torture.seed)")
                    Rows.expectAnswered(try workspace.results("results.jsonl"), rows)
                    _ = try workspace.examine(torture.seedComment)
                    // The first twenty have had their answers.
                    #expect(simulator.statistics().requests - before <= 20, torture.seedComment)
                    #expect(simulator.statistics().requests - asked <= 20 + 8, torture.seedComment)
                }
            }
            let told = versions.sorted { $0.key < $1.key }.map { "\($0.value) at schema \($0.key)" }
            torture.tell("\(kills) kills, left \(told.joined(separator: ", ")): all answers kept, seed \(torture.seed)")
        }
    }
}

extension Workspace {
    /// Puts the queue back to an older schema, as a program of that time would have written it.
    fileprivate func age(to version: Int) throws {
        let old = "\(path)/old.db"
        do {
            let database = try Database(path: old, mode: .readWrite)
            try database.execute("PRAGMA journal_mode = WAL")
            try database.migrate(
                Array(QueueSchema.migrations.prefix(version)), applicationID: QueueSchema.applicationID)
            try database.execute("ATTACH '\(queuePath)' AS new")
            let names = try database.statement("SELECT name FROM main.sqlite_schema WHERE type = 'table'")
            var tables: [String] = []
            while try names.step() { tables.append(names.text(0)) }
            for table in tables {
                let query = try database.statement("SELECT name FROM pragma_table_info('\(table)')")
                var columns: [String] = []
                while try query.step() { columns.append(query.text(0)) }
                let list = columns.joined(separator: ", ")
                try database.execute("INSERT INTO main.\(table) (\(list)) SELECT \(list) FROM new.\(table)")
            }
        }
        for suffix in ["", "-wal", "-shm"] { unlink(queuePath + suffix) }
        guard rename(old, queuePath) == 0 else { throw Program.Failure(call: "rename", code: errno) }
    }
}

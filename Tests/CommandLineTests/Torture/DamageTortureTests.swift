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
    /// Queues that this program cannot or must not use.
    @Suite struct DamageTortureTests {
        @Test(.timeLimit(.minutes(5))) func aQueueOfANewerVersion() async throws {
            let torture = Torture("queue of a newer version")
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...5))
                try workspace.write("job.yaml", jobFile(simulator))
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                try Database(path: workspace.queuePath, mode: .readWrite).execute("PRAGMA user_version = 99")
                let bytes = try workspace.bytes(".sluice/queue.db")
                for command in [["run", "job.yaml"], ["plan", "job.yaml"], ["status"], ["export"], ["runs"]] {
                    let ending = try await workspace.sluice(command)
                    #expect(ending.code == 2)
                    #expect(ending.errors.contains("was written by a newer version of Sluice (schema 99"))
                }
                #expect(try workspace.bytes(".sluice/queue.db") == bytes)
                #expect(simulator.statistics().requests == 5)
                torture.tell("refused by every command, left as it was")
            }
        }

        /// Pages of it are overwritten at random: it is said, it is left alone, and the rest is exported.
        @Test(.timeLimit(.minutes(20))) func aDamagedQueue() async throws {
            let torture = Torture("damaged queue")
            let rounds = max(4, torture.kills / 5)
            var saved = (rows: 0, of: 0, told: 0)
            try await withEndpoint { simulator, workspace in
                let rows = 1...max(torture.rows, 300)
                try workspace.write("rows.jsonl", Rows.jsonl(rows))
                try workspace.write("job.yaml", jobFile(simulator, concurrency: 64))
                #expect(try await workspace.start(["run", "job.yaml"], patience: 120).end().code == 0)
                let whole = try workspace.bytes(".sluice/queue.db")
                let results = Set(try workspace.lines("results.jsonl"))
                let asked = simulator.statistics().requests
                // By the file's header (https://sqlite.org/fileformat.html#page_size).
                let pageBytes = Int(whole[16]) << 8 | Int(whole[17])
                let pages = whole.count / pageBytes
                for round in 0..<rounds {
                    var bytes = whole
                    for _ in 0...(round % 4) {
                        // Not the first page: without the schema it is no queue any more.
                        let page = torture.random(in: 1...(pages - 1))
                        let value: UInt8 = round % 2 == 0 ? 0 : 0xA5
                        for offset in page * pageBytes..<(page + 1) * pageBytes { bytes[offset] = value }
                    }
                    let name = "damaged\(round).db"
                    try workspace.write(name, bytes)
                    let ending = try await workspace.sluice("run", "job.yaml", "--queue", name, "--output", "o.jsonl")
                    // A page that nobody needs today does not show.
                    if ending.code != 0 {
                        saved.told += 1
                        #expect(ending.code == 2, "\(ending.errors), seed \(torture.seed)")
                        // Where the schema is what broke, there is nothing to be saved.
                        let isSaid =
                            ending.errors.contains("\(name) is damaged") && ending.errors.contains("--salvage")
                            || ending.errors.contains("\(name) is not a SQLite database, or is damaged; it was left")
                        #expect(isSaid, "\(ending.errors), seed \(torture.seed)")
                    }
                    let salvage = try await workspace.sluice(
                        "export", "--salvage", "--queue", name, "--output", "s.jsonl")
                    #expect(try workspace.bytes(name) == bytes, torture.seedComment)
                    // The page that tells of the runs may be the one.
                    guard [0, 1].contains(salvage.code) else {
                        #expect(salvage.errors.contains("damaged"), "\(salvage.errors), seed \(torture.seed)")
                        continue
                    }
                    let lines = try workspace.lines("s.jsonl")
                    saved.rows += lines.count
                    saved.of += rows.count
                    let lost = rows.count - lines.count
                    #expect(salvage.code == (lost == 0 ? 0 : 1))
                    if lost > 0 {
                        #expect(
                            salvage.errors.contains(
                                "\(RunReport.grouped(lost)) of \(RunReport.grouped(rows.count)) rows"))
                    }
                    // No line tells another answer than the one that was recorded.
                    for line in lines {
                        let told = try ResultLine(line)
                        let number = try #require(Int(told.customID.dropFirst()))
                        #expect(told.text == SimulatedAnswer.text(Rows.prompt(number)), torture.seedComment)
                        #expect(results.contains(line) || told.resultClass == "ok", torture.seedComment)
                    }
                }
                #expect(simulator.statistics().requests == asked, torture.seedComment)
            }
            torture.tell(
                "\(rounds) queues, \(saved.told) refused, \(saved.rows) of \(saved.of) rows saved, "
                    + "each file as it was, seed \(torture.seed)")
        }

        /// Two terminals, one command: one sends, the other names it.
        @Test(.timeLimit(.minutes(5))) func manyAtOnce() async throws {
            let torture = Torture("many runs of one run")
            try await withEndpoint {
                $0.latency = .fixed(.milliseconds(30))
            } _: { simulator, workspace in
                let rows = 1...torture.rows
                try workspace.write("rows.jsonl", Rows.jsonl(rows))
                try workspace.write("job.yaml", jobFile(simulator, concurrency: torture.inFlight))
                let programs = try (0..<6).map { _ in try workspace.start(["run", "job.yaml"], patience: 120) }
                var refused = 0
                for program in programs {
                    let ending = try await program.end()
                    #expect([0, 2].contains(ending.code))
                    guard ending.code == 2 else { continue }
                    refused += 1
                    #expect(
                        programs.contains {
                            ending.errors.contains("is being run by another process (process \($0.processID))")
                        }, "\(ending.errors)")
                }
                #expect(refused > 0)
                Rows.expectAnswered(try workspace.results("results.jsonl"), rows)
                #expect(simulator.statistics().requests == rows.count)
                _ = try workspace.examine("")
                torture.tell("\(refused) of 6 refused, each naming the one that runs; 0 asked again")
            }
        }
    }
}

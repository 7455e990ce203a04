import SQLite
import Testing

@testable import Sluice

/// Runs that are deleted, whole or in part.
@Suite struct PruningTests {
    private let folder: TemporaryFolder
    private let queue: Queue

    init() throws {
        folder = try TemporaryFolder()
        queue = try Queue(path: folder.file("queue.db"), durability: .normal)
    }

    private static let tables = [
        "runs", "totals", "requests", "states", "inputs", "attempts", "results", "attachments", "amendments", "plans",
        "deleted_attempts",
    ]

    /// A run whose rows are answered, with a row in every table for each of them.
    @discardableResult
    private func filled(_ job: String = "job", _ count: Int = 12, prompt: String = "prompt") throws -> RunRecord {
        let rows = try (0..<count).map {
            try planned("r\($0)", "\(prompt) \($0)", line: $0 + 1, input: "{\"n\":\($0)}")
        }
        let run = try queue.put(rows, into: queue.newRun(job)).run
        try queue.answerAll(run)
        try queue.database.execute(
            """
            INSERT INTO attachments
            SELECT id, 0, 'a.png', 'base64', 'image/png', 3, zeroblob(32) FROM requests WHERE run_id = \(run.id);
            INSERT INTO amendments SELECT id, 5, NULL FROM requests WHERE run_id = \(run.id);
            INSERT OR REPLACE INTO plans VALUES (\(run.id), 1, zeroblob(32), zeroblob(32), 1);
            INSERT INTO deleted_attempts
            VALUES (\(run.id), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
            """)
        return run
    }

    private func counts() throws -> [String: Int64] {
        var counts: [String: Int64] = [:]
        for table in Self.tables { counts[table] = try queue.database.integer("SELECT count(*) FROM \(table)") }
        return counts
    }

    private func expectSound(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let broken = try queue.database.statement("PRAGMA foreign_key_check")
        #expect(try !broken.step(), sourceLocation: sourceLocation)
        broken.reset()
        let check = try queue.database.statement("PRAGMA integrity_check")
        #expect(try check.step() && check.text(0) == "ok", sourceLocation: sourceLocation)
        check.reset()
    }

    @Test func aRunGoesWithAllThatIsItsOwn() throws {
        try filled("first")
        let before = try counts()
        let second = try filled("second")
        try queue.deleteRun(second.id)
        #expect(try counts() == before)
        try expectSound()
        #expect(before.values.allSatisfy { $0 > 0 })
        let first = try queue.run(named: "first")
        try queue.deleteRun(first.id)
        #expect(try counts().values.allSatisfy { $0 == 0 })
    }

    /// Two runs whose rows were written by turns.
    @Test func rowsOfAnotherRunBetweenStay() throws {
        let first = try filled("first", 3)
        try filled("second", 4)
        let longer = try (0..<6).map { try planned("r\($0)", "prompt \($0)", line: $0 + 1) }
        let grown = try queue.put(longer, into: first).run
        try queue.answerAll(grown)
        try queue.deleteRun(first.id)
        #expect(try counts()["requests"] == 4)
        #expect(try counts()["attempts"] == 4)
        #expect(try counts()["results"] == 4)
        try expectSound()
    }

    /// Row ids that are free again are given to whoever writes next.
    @Test func theBooksOfOtherRunsStayEven() throws {
        try filled("gone")
        let early = try queue.newRun("early")
        try queue.deleteRun(1)
        let rows = try (0..<3).map { try planned("r\($0)", "prompt \($0)") }
        let run = try queue.put(rows, into: early).run
        try queue.answerAll(run)
        #expect(try queue.closingBalance(of: run)?.isEven == true)
        #expect(try queue.totals(run: run.id).attempts == 3)
    }

    struct Stop: Error {}

    /// Stopped after each of its transactions in turn, and then once more to the end.
    @Test(arguments: 0..<6) func aDeletionThatIsStoppedIsHiddenAndFinished(_ steps: Int) throws {
        let run = try filled("gone")
        try filled("stays")
        var left = steps
        var didStop = false
        do {
            try queue.deleteRun(run.id) {
                if left == 0 { throw Stop() }
                left -= 1
            }
        } catch is Stop {
            didStop = true
        }
        #expect(didStop)
        try expectSound()
        // Nobody goes on with it, and its number is not given away.
        #expect(try queue.halfPrunedRuns().map(\.id) == [run.id])
        #expect(try queue.latestRun(job: "gone") == nil)
        #expect(try queue.run(id: run.id) == nil)
        #expect(try queue.runs().map(\.job) == ["stays"])
        let anew = try queue.findOrCreateRun(
            job: "gone", anew: false, input: "i", endpoint: "e", at: Timestamp(milliseconds: 5))
        #expect(anew.id == 3)
        _ = try Pruner(queue: folder.file("queue.db"), now: Timestamp(milliseconds: 9)).delete([anew.id])
        #expect(try queue.halfPrunedRuns().isEmpty)
        #expect(try counts()["runs"] == 1)
        #expect(try counts()["requests"] == 12)
        try expectSound()
    }

    @Test func askedToStopItSaysWhatIsHalfDone() throws {
        let run = try filled("gone")
        let path = folder.file("queue.db")
        let now = Timestamp(milliseconds: 9)
        #expect(throws: PruneFault.interrupted(half: run.id)) {
            try Pruner(queue: path, now: now, isStopped: { true }).delete([run.id])
        }
        var told: [Int64] = []
        let removal = try Pruner(queue: path, now: now).delete([]) { told.append($0) }
        #expect(told == [run.id])
        #expect(removal.runs == [run.id])
        #expect(try counts().values.allSatisfy { $0 == 0 })
    }

    @Test func historyGoesAndThePlanAndItsTotalsStay() throws {
        let first = try filled("job", 4)
        // r1 is edited, r3 removed.
        let edited = try [("r0", "prompt 0"), ("r1", "other"), ("r2", "prompt 2")].map { try planned($0, $1) }
        let run = try queue.put(edited, into: first).run
        try queue.answerAll(run)
        let totals = try queue.totals(run: run.id)
        #expect(try queue.holdings().map(\.retired) == [2])
        #expect(try queue.deleteHistory(of: run, now: Timestamp(milliseconds: 9)) == 2)
        #expect(try queue.totals(run: run.id) == totals)
        #expect(totals.attempts == 5)
        #expect(try queue.closingBalance(of: run)?.isEven == true)
        #expect(try counts()["requests"] == 3)
        #expect(try counts()["attempts"] == 3)
        #expect(try counts()["inputs"] == 2)
        #expect(try queue.holdings().map(\.retired) == [0])
        try expectSound()
        var results: [String] = []
        try queue.forEachResult(of: run, input: false, request: false) { results.append($0.resultClass.rawValue) }
        #expect(results == ["ok", "ok", "ok"])
    }

    /// Between two transactions of it the row comes back: it must not count as answered, as its answer may be gone.
    /// What lost attempts took at most stays in the totals when their rows go.
    @Test func theBoundOfLostAttemptsOutlivesThem() throws {
        var run = try queue.put([planned("a", "old", outputLimit: 100), planned("b", "b")], into: queue.newRun()).run
        var cursor = ClaimCursor()
        _ = try queue.claim(1, run: run, cursor: &cursor)
        let price = Pricing(Price(input: try dollars("1"), output: try dollars("1")))
        _ = try queue.endLostAttempts(run: run.id, tariffs: [Tariff(price)], now: Timestamp(milliseconds: 5))
        run = try queue.put([planned("a", "new"), planned("b", "b")], into: run).run
        let before = try queue.totals(run: run.id)
        #expect(before.possible.costAttempts == 1)
        #expect(try queue.deleteHistory(of: run, now: Timestamp(milliseconds: 6)) == 1)
        #expect(try queue.database.integer("SELECT count(*) FROM attempts") == 0)
        #expect(try queue.totals(run: run.id) == before)
        #expect(try queue.closingBalance(of: run)?.differences == [])
    }

    @Test func aRowThatComesBackHalfDeletedIsSentAgain() throws {
        let first = try filled("job", 2)
        let rows = try (0..<2).map { try planned("r\($0)", "prompt \($0)") }
        let run = try queue.put([rows[0]], into: first).run
        #expect(throws: Stop.self) {
            try queue.deleteHistory(of: run, now: Timestamp(milliseconds: 9)) { throw Stop() }
        }
        let (again, difference) = try queue.put(rows, into: run)
        #expect(difference.settled == 1)
        #expect(difference.toSend == 1)
        try queue.answerAll(again)
        #expect(try queue.report(on: again).isAllOK)
    }

    private func holding(_ id: Int64, _ job: String, at milliseconds: Int64) -> RunHolding {
        let run = RunRecord(
            id: id, job: job, input: "i", endpoint: "e", createdAt: Timestamp(milliseconds: 0), revision: 1,
            isPlanning: false, rows: 1)
        return RunHolding(
            report: RunReport(run: run, totals: RunTotals(), inFlight: 0, isLive: false), requests: 1, retired: 0,
            touchedAt: Timestamp(milliseconds: milliseconds))
    }

    private func chosen(_ selection: PruneSelection) throws -> [Int64] {
        let holdings = [
            holding(1, "a", at: 10), holding(2, "b", at: 20), holding(3, "a", at: 30), holding(4, "a", at: 15),
        ]
        return try selection.chosen(of: holdings).map(\.report.run.id)
    }

    @Test func aSelectionTakesWhatFitsAllOfIt() throws {
        let since = Timestamp(milliseconds: 20)
        #expect(try chosen(PruneSelection()) == [])
        #expect(try chosen(PruneSelection(runs: ["3"])) == [3])
        #expect(try chosen(PruneSelection(runs: ["b", "1"])) == [1, 2])
        #expect(try chosen(PruneSelection(keep: 1)) == [1, 3])
        #expect(try chosen(PruneSelection(keep: 0)) == [1, 2, 3, 4])
        #expect(try chosen(PruneSelection(untouchedSince: since)) == [1, 4])
        #expect(try chosen(PruneSelection(keep: 1, untouchedSince: since)) == [1])
        #expect(try chosen(PruneSelection(runs: ["a"], keep: 2)) == [1])
        #expect(throws: PruneFault.severalRuns(job: "a", [1, 3, 4])) { try chosen(PruneSelection(runs: ["a"])) }
        #expect(throws: PruneFault.noRun("c")) { try chosen(PruneSelection(runs: ["c"])) }
        #expect(throws: PruneFault.noRun("7")) { try chosen(PruneSelection(runs: ["7"], keep: 1)) }
    }

    @Test func aRunThatIsBeingRunStopsTheDeletionOfAll() throws {
        let first = try filled("first")
        let second = try filled("second")
        let path = folder.file("queue.db")
        let lock = try RunLock(queue: path, run: second.id)
        #expect(throws: QueueError.self) {
            try Pruner(queue: path, now: Timestamp(milliseconds: 9)).delete([first.id, second.id])
        }
        #expect(throws: PruneFault.liveRun(second.id)) {
            try Pruner(queue: path, now: Timestamp(milliseconds: 9)).vacuum()
        }
        withExtendedLifetime(lock) {}
        #expect(try queue.runs().count == 2)
    }

    @Test func sizesAreSharesOfTheFile() throws {
        try filled("small", 300)
        try filled("large", 900)
        let holdings = try queue.holdings()
        let sum = holdings.reduce(0) { $0 + $1.bytes }
        let used = try queue.usedBytes()
        #expect(used - 2 <= sum && sum <= used)
        let share = Double(holdings[1].bytes) / Double(sum)
        #expect((0.7...0.8).contains(share))
        let removal = try Pruner(queue: folder.file("queue.db"), now: Timestamp(milliseconds: 9)).delete([2])
        #expect(removal.runs == [2])
        #expect(removal.freed > used / 2)
        let (before, after) = try Pruner(queue: folder.file("queue.db"), now: Timestamp(milliseconds: 9)).vacuum()
        #expect(after < before - used / 2)
        #expect(try queue.freeBytes() == 0)
        try expectSound()
    }
}

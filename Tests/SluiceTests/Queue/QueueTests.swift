import SQLite
import Testing

@testable import Sluice

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct QueueTests {
    private let folder: TemporaryFolder
    private let queue: Queue

    init() throws {
        folder = try TemporaryFolder()
        queue = try Queue(path: folder.file("queue.db"), durability: .normal)
    }

    private func filled(_ count: Int) throws -> RunRecord {
        try queue.put((0..<count).map { try planned("r\($0)", "prompt \($0)", line: $0 + 2) }, into: queue.newRun()).run
    }

    @Test func belongsToItsOwnerAlone() throws {
        var status = stat()
        #expect(stat(folder.file("queue.db"), &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
    }

    @Test func makesItsFolderForItsOwnerAlone() throws {
        _ = try Queue(path: folder.file("sub/queue.db"))
        var status = stat()
        #expect(stat(folder.file("sub"), &status) == 0)
        #expect(status.st_mode & 0o777 == 0o700)
    }

    /// A queue that was made with pages of SQLite's own size keeps them; its log is copied after as many bytes.
    @Test func pagesAreLargerInANewQueue() throws {
        let path = folder.file("older.db")
        do {
            let database = try Database(path: path, mode: .readWrite)
            try database.execute("PRAGMA page_size = 4096")
            try database.migrate(QueueSchema.migrations, applicationID: QueueSchema.applicationID)
        }
        let older = try Queue(path: path)
        #expect(try queue.database.pageBytes() == 8192)
        #expect(try older.database.pageBytes() == 4096)
        for queue in [queue, older] {
            let pages = try queue.database.integer("PRAGMA wal_autocheckpoint").map { Int($0) }
            #expect(try pages == (16 << 20) / queue.database.pageBytes())
        }
    }

    @Test func claimsEachRequestOnceWithItsBytesAndALedgerRow() throws {
        let run = try filled(5)
        var cursor = ClaimCursor()
        let first = try queue.claim(3, run: run, cursor: &cursor)
        let second = try queue.claim(3, run: run, cursor: &cursor)
        #expect(first.claims.map(\.customID) == ["r0", "r1", "r2"])
        #expect(second.claims.map(\.customID) == ["r3", "r4"])
        #expect(!first.isExhausted)
        #expect(second.isExhausted)
        #expect(first.claims[1].body == (try planned("r1", "prompt 1")).body)
        #expect(try queue.database.integer("SELECT count(*) FROM claims") == 5)
        #expect(try queue.report(on: run).inFlight == 5)
        #expect(
            try queue.database.integer(
                "SELECT count(*) FROM attempts_view WHERE outcome = 'in flight' AND ended_at IS NULL")
                == 5)
    }

    /// An attempt keeps its number on its way from what is in flight into the ledger, and nobody else gets it.
    @Test func anAttemptKeepsItsNumber() throws {
        let run = try filled(4)
        var cursor = ClaimCursor()
        let first = try queue.claim(3, run: run, cursor: &cursor).claims
        try queue.record([first[1].answered()], run: run)
        let second = try queue.claim(1, run: run, cursor: &cursor).claims
        try queue.record([second[0].answered(), first[0].answered(), first[2].answered()], run: run)
        #expect((first + second).map(\.attemptID) == [1, 2, 3, 4])
        let attempts = try queue.database.statement("SELECT id, request_id, claimed_at FROM attempts ORDER BY id")
        for claim in first + second {
            #expect(try attempts.step())
            #expect(attempts.integer(0) == claim.attemptID)
            #expect(attempts.integer(1) == claim.requestID)
            #expect(attempts.integer(2) == 1000)
        }
        attempts.reset()
        #expect(try queue.database.integer("SELECT count(*) FROM claims") == 0)
        #expect(try queue.newRun("later").id > run.id)
        #expect(try queue.database.integer("SELECT max(first_attempt) FROM runs") == 5)
    }

    @Test func aResultIsKeptWithItsAttemptAndCounted() throws {
        let run = try filled(2)
        var cursor = ClaimCursor()
        let claims = try queue.claim(2, run: run, cursor: &cursor).claims
        var record = claims[0].answered("answer", usage: Usage(promptTokens: 3, completionTokens: 4, totalTokens: 7))
        record.cost = Money(picoDollars: 5)
        try queue.record([record, claims[1].answered("cut", .truncated)], run: run)
        let totals = try queue.totals(run: run.id)
        #expect(totals[.ok] == 1)
        #expect(totals[.truncated] == 1)
        #expect(totals.attempts == 2)
        #expect(totals.totalTokens == 7)
        #expect(totals.usageAbsent == 1)
        #expect(totals.cost == Money(picoDollars: 5))
        #expect(totals.costUnknown == 1)
        let report = try queue.report(on: run)
        #expect(report.isComplete)
        #expect(!report.isAllOK)
        #expect(report.inFlight == 0)
    }

    @Test func aWaitingRequestIsClaimedWhenItIsDue() throws {
        let run = try filled(2)
        var cursor = ClaimCursor()
        let claims = try queue.claim(2, run: run, cursor: &cursor).claims
        var record = claims[0].answered()
        record.ending = .retried
        record.disposition = .again(notBefore: Timestamp(milliseconds: 5000))
        try queue.record([record], run: run)
        let early = try queue.claim(5, run: run, cursor: &cursor, at: 4999)
        #expect(early.claims.isEmpty)
        #expect(early.nextDue == Timestamp(milliseconds: 5000))
        let due = try queue.claim(5, run: run, cursor: &cursor, at: 5000)
        #expect(due.claims.map(\.customID) == ["r0"])
        #expect(due.claims[0].attempts == 1)
        #expect(due.nextDue == nil)
    }

    @Test func throttlingUsesUpNoAttempt() throws {
        let run = try filled(1)
        var cursor = ClaimCursor()
        var record = try queue.claim(1, run: run, cursor: &cursor).claims[0].answered()
        record.ending = .throttled
        record.disposition = .again(notBefore: Timestamp(milliseconds: 1))
        try queue.record([record], run: run)
        let claim = try queue.claim(1, run: run, cursor: &cursor).claims[0]
        #expect(claim.attempts == 0)
        #expect(claim.throttles == 1)
    }

    @Test func attemptsOfADeadSittingArePossiblyBilledAndTheirRequestsPending() throws {
        let run = try filled(4)
        var cursor = ClaimCursor()
        let claims = try queue.claim(3, run: run, cursor: &cursor).claims
        try queue.record([claims[0].answered()], run: run)
        #expect(try queue.endLostAttempts(run: run.id, now: Timestamp(milliseconds: 9000)) == 2)
        #expect(try queue.endLostAttempts(run: run.id, now: Timestamp(milliseconds: 9000)) == 0)
        let totals = try queue.totals(run: run.id)
        #expect(totals.possiblyBilled == 2)
        #expect(totals.costUnknown == 3)
        var fresh = ClaimCursor()
        #expect(try queue.claim(9, run: run, cursor: &fresh).claims.map(\.customID) == ["r1", "r2", "r3"])
    }

    /// Of each lost attempt the ledger says what it took at most, where its request sets a limit.
    @Test func lostAttemptsHaveABound() throws {
        let run = try queue.put(
            [planned("a", "hello", outputLimit: 100), planned("b", "hello")], into: queue.newRun()
        ).run
        var cursor = ClaimCursor()
        let claims = try queue.claim(2, run: run, cursor: &cursor).claims
        let price = Pricing(Price(input: try dollars("1"), output: try dollars("10")))
        #expect(try queue.endLostAttempts(run: run.id, tariffs: [Tariff(price)], now: Timestamp(milliseconds: 5)) == 2)
        let possible = try queue.totals(run: run.id).possible
        #expect(possible.tokens == claims[0].body.count + 100)
        #expect(possible.tokenAttempts == 1)
        #expect(possible.cost.picoDollars == Int64(claims[0].body.count * 1_000_000 + 1_000_000_000))
        #expect(possible.costAttempts == 1)
        #expect(
            try queue.database.integer("SELECT count(*) FROM attempts_view WHERE tokens_at_most IS NULL") == 1)
    }

    /// A job's name goes on with its newest run that has rows left.
    @Test func aJobGoesOnWithTheNewestUnfinishedRun() throws {
        func next() throws -> Int64? { try queue.runToGoOnWith(job: "job")?.id }
        #expect(try next() == nil)
        let runs = try (0..<3).map { _ in try queue.put([planned("a", "hello")], into: queue.newRun()).run }
        #expect(try next() == runs[2].id)
        try queue.answerAll(runs[2])
        #expect(try next() == runs[1].id)
        try queue.answerAll(runs[1])
        #expect(try next() == runs[0].id)
        try queue.answerAll(runs[0])
        #expect(try next() == runs[2].id)
        // One that has no plan yet was begun last.
        let begun = try queue.newRun()
        #expect(try next() == begun.id)
        _ = try queue.newRun("other")
        #expect(try next() == begun.id)
    }

    @Test func aFailedVisitLeavesTheCursorAndNothingHalfDone() throws {
        let run = try filled(3)
        var cursor = ClaimCursor()
        try queue.database.execute(
            "CREATE TRIGGER full BEFORE INSERT ON claims WHEN (SELECT count(*) FROM claims) = 2 BEGIN SELECT raise(ABORT, 'full'); END"
        )
        #expect(throws: SQLiteError.self) { try queue.claim(3, run: run, cursor: &cursor) }
        #expect(cursor == ClaimCursor())
        #expect(try queue.database.integer("SELECT count(*) FROM claims") == 0)
        #expect(try queue.claim(2, run: run, cursor: &cursor).claims.count == 2)
    }

    @Test func oneProcessAtATimeRunsARun() throws {
        let run = try filled(1)
        let path = folder.file("queue.db")
        do {
            let lock = try RunLock(queue: path, run: run.id)
            let error = #expect(throws: QueueError.self) { _ = try RunLock(queue: path, run: run.id) }
            #expect(error?.description.contains("process \(getpid())") == true)
            #expect(try queue.report(on: run).isLive)
            // Another run of the same queue is free.
            _ = try RunLock(queue: path, run: run.id + 1)
            withExtendedLifetime(lock) {}
        }
        #expect(try !queue.report(on: run).isLive)
        _ = try RunLock(queue: path, run: run.id)
    }

    @Test func sumsPastTheLargestIntegerStayThere() throws {
        let run = try filled(3)
        var cursor = ClaimCursor()
        let claims = try queue.claim(3, run: run, cursor: &cursor).claims
        for claim in claims {
            var record = claim.answered()
            record.cost = Money(picoDollars: .max - 5)
            try queue.record([record], run: run)
        }
        #expect(try queue.totals(run: run.id).cost == Money(picoDollars: .max))
        #expect(try queue.report(on: run).isAllOK)
        #expect(try queue.totals(run: run.id).cost.short.hasPrefix("92233"))
    }

    @Test func aRunWhoseRowsAreStillThereKeepsItsNumber() throws {
        let run = try queue.newRun()
        let writer = try PlanWriter(queue, run: run, mode: .write)
        #expect(try writer.add(planned("a")) == nil)
        try writer.pause()
        try queue.discardUnplanned(run)
        #expect(try queue.run(id: run.id) != nil)
        try writer.abandon()
        try queue.discardUnplanned(run)
        #expect(try queue.run(id: run.id) == nil)
        #expect(try queue.database.integer("SELECT count(*) FROM totals") == 0)
    }

    @Test func aQueueOfTwoNamesHasOneLock() throws {
        let run = try filled(1)
        #expect(symlink(folder.file("queue.db"), folder.file("other.db")) == 0)
        let lock = try RunLock(queue: folder.file("queue.db"), run: run.id)
        #expect(throws: QueueError.self) { _ = try RunLock(queue: folder.file("other.db"), run: run.id) }
        withExtendedLifetime(lock) {}
    }

    /// While a plan waits for its input, others write.
    @Test func aPlanThatWaitsLetsOthersWrite() throws {
        let writer = try PlanWriter(queue, run: queue.newRun(), mode: .write)
        #expect(try writer.add(planned("a")) == nil)
        try writer.pause()
        let other = try Database(path: folder.file("queue.db"), mode: .readWrite, busyTimeout: .zero)
        try other.transaction { try other.execute("UPDATE runs SET job = job") }
        #expect(try writer.add(planned("b")) == nil)
        #expect(try writer.putInForce(at: Timestamp(milliseconds: 1)).rows == 2)
    }

    @Test func peopleCanReadTheViews() throws {
        let run = try filled(2)
        var cursor = ClaimCursor()
        let claims = try queue.claim(1, run: run, cursor: &cursor).claims
        try queue.record([claims[0].answered("the answer")], run: run)
        let reader = try Queue(reading: folder.file("queue.db"))
        let rows = try reader.database.statement("SELECT custom_id, class, text FROM results_view ORDER BY seq")
        #expect(try rows.step())
        #expect([rows.text(0), rows.text(1), rows.text(2)] == ["r0", "ok", "the answer"])
        #expect(try rows.step())
        #expect([rows.text(0), rows.text(1)] == ["r1", "unsent"])
        rows.reset()
        #expect(try reader.database.integer("SELECT count(*) FROM attempts_view WHERE outcome = 'ok'") == 1)
        #expect(try reader.database.integer("SELECT count(*) FROM pragma_foreign_key_check") == 0)
    }

    @Test func refusesWhatIsNoQueue() throws {
        let other = try Database(path: folder.file("other.db"), mode: .readWrite)
        try other.execute("CREATE TABLE theirs (x)")
        #expect(throws: MigrationError.self) { try Queue(path: folder.file("other.db")) }
        try folder.write(
            "text.db",
            "this is no database at all, but a text of more than a hundred bytes, so that SQLite "
                + "reads a header from it and finds it wanting.")
        #expect(throws: QueueError.notADatabase(path: folder.file("text.db"))) {
            try Queue(path: folder.file("text.db"))
        }
        #expect(throws: QueueError.noQueue(path: folder.file("none.db"))) {
            try Queue(reading: folder.file("none.db"))
        }
    }
}

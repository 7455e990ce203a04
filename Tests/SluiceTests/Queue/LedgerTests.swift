import SQLite
import Testing

@testable import Sluice

/// What one visit writes with statements of many rows is what visits of one row each write with statements of one.
@Suite struct LedgerTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A queue in which `count` requests were claimed, and what became of them.
    private func claimed(_ count: Int, in file: String) throws -> (Queue, RunRecord, [AttemptRecord]) {
        let queue = try Queue(path: folder.file(file), durability: .normal)
        let run = try queue.put((0..<count).map { try planned("r\($0)", "p\($0)") }, into: queue.newRun()).run
        var cursor = ClaimCursor()
        let claims = try queue.claim(count, run: run, cursor: &cursor).claims
        return (queue, run, claims.enumerated().map { Self.record(of: $1, $0) })
    }

    /// Records of all kinds, so mixed that neighbours differ.
    private static func record(of claim: Claim, _ number: Int) -> AttemptRecord {
        let classes: [ResultClass] = [.ok, .ok, .truncated, .ok, .refused, .invalid, .filtered, .failed]
        var record = claim.answered("text \(number)", classes[number % classes.count])
        record.endedAt = Timestamp(milliseconds: 1400 + Int64(number / 3))
        record.providerRequestID = number % 4 == 0 ? nil : "req_\(number)"
        record.firstByte = number % 5 == 0 ? nil : .milliseconds(number)
        record.usage = number % 3 == 0 ? nil : Usage(promptTokens: number, totalTokens: number % 2 == 0 ? 9 : nil)
        record.cost = number % 7 == 0 ? Money(picoDollars: Int64(number)) : nil
        record.tokensPerSecond = number % 6 == 0 ? 1.5 : nil
        record.endpoint = number % 9 == 0 ? EndpointLabel(name: "second", url: "http://second/v1") : nil
        record.askedModel = number % 9 == 0 ? "other" : nil
        record.serviceTier = number % 11 == 0 ? "flex" : nil
        switch number % 10 {
        case 3:
            record.ending = .retried
            record.disposition = .again(notBefore: Timestamp(milliseconds: 5000))
            record.keptAnswer = number % 20 == 3 ? [0xFF, 0x00] : Array("half an".utf8)
            record.error = "broke off \u{1F600}"
            record.errorCode = ""
        case 4: record.disposition = .settled(.refused, answer: nil)
        case 5: record.disposition = .settled(.invalid, answer: [])
        case 6: record.disposition = .settled(.filtered, answer: [0xC3, 0x28])
        case 7:
            record.markUnsent()
            record.disposition = .released
        case 8:
            record.ending = .unknown
            record.possiblyBilled = true
            record.tokensAtMost = number
            record.costAtMost = Money(picoDollars: 7)
            record.disposition = .released
            record.keptAnswer = []
        default: break
        }
        return record
    }

    private static let tables = [
        "SELECT * FROM attempts ORDER BY id", "SELECT * FROM results ORDER BY request_id",
        "SELECT request_id, typeof(answer) FROM results ORDER BY request_id",
        "SELECT id, typeof(answer), typeof(error_code), typeof(tokens_per_second) FROM attempts ORDER BY id",
        "SELECT * FROM states ORDER BY request_id", "SELECT * FROM totals", "SELECT * FROM claims",
        "SELECT * FROM endpoint_totals ORDER BY endpoint",
    ]

    private func contents(_ queue: Queue) throws -> [[[[UInt8]?]]] {
        try Self.tables.map { sql in
            let query = try queue.database.statement(sql)
            var rows: [[[UInt8]?]] = []
            while try query.step() { rows.append((0..<40).map { query.optionalBytes($0) }) }
            return rows
        }
    }

    @Test(arguments: [1, 3, 4, 7, 16, 21, 45])
    func manyRowsAStatementAreWrittenAsOneByOne(count: Int) throws {
        let (together, run, records) = try claimed(count, in: "together.db")
        var shuffled = records
        var chance = Chance(state: UInt64(count))
        shuffled.shuffle(using: &chance)
        try together.record(shuffled, run: run)
        let (single, sameRun, sameRecords) = try claimed(count, in: "single.db")
        for record in sameRecords { try single.record([record], run: sameRun) }
        #expect(try contents(together) == contents(single))
        #expect(try together.database.integer("SELECT count(*) FROM attempts") == Int64(count))
        #expect(try together.closingBalance(of: run)?.differences == single.closingBalance(of: sameRun)?.differences)
    }

    /// What is bound to a row of a statement is there for its next use, but not in a row of another statement.
    @Test func visitsFollowOnOneAnother() throws {
        let (queue, run, records) = try claimed(60, in: "queue.db")
        let (single, sameRun, sameRecords) = try claimed(60, in: "single.db")
        var first = 0
        for size in [17, 2, 21, 16, 4] {
            try queue.record(Array(records[first..<(first + size)]), run: run)
            first += size
        }
        for record in sameRecords { try single.record([record], run: sameRun) }
        #expect(try contents(queue) == contents(single))
    }

    @Test func aResultTakesThePlaceOfOneThatIsThere() throws {
        let (queue, run, records) = try claimed(5, in: "queue.db")
        try queue.database.execute("INSERT INTO results VALUES (1, 77, 'old'), (2, 78, NULL)")
        try queue.record(records, run: run)
        #expect(try queue.database.integer("SELECT count(*) FROM results WHERE attempt_id > 5") == 0)
        #expect(
            try queue.database.integer("SELECT count(*) FROM results WHERE answer LIKE '%text%' AND request_id < 3")
                == 2)
    }

    /// A statement of many rows that fails keeps what it had written; the transaction does not.
    @Test func aFaultAmongManyRowsLeavesNothing() throws {
        let (queue, run, records) = try claimed(20, in: "queue.db")
        try queue.database.execute("INSERT INTO attempts SELECT 12, 1, 1, 'e', 1, 1, 1, 'ok', 0 \(nulls(25))")
        let before = try contents(queue)
        #expect(throws: SQLiteError.self) { try queue.record(records, run: run) }
        #expect(try contents(queue) == before)
        try queue.database.execute("DELETE FROM attempts")
        try queue.record(records, run: run)
        let (single, sameRun, sameRecords) = try claimed(20, in: "single.db")
        for record in sameRecords { try single.record([record], run: sameRun) }
        #expect(try contents(queue) == contents(single))
    }

    private func nulls(_ count: Int) -> String { String(repeating: ", NULL", count: count) }

    @Test func groupsMakeUpAnyNumber() {
        for count in 0..<70 {
            var places: [Int] = []
            RowGroups.each(of: count) { size, range in
                #expect(range.count == RowGroups.sizes[size])
                places += range
            }
            #expect(places == Array(0..<count))
        }
        #expect(RowGroups.values(rows: 2, columns: 3) == "(?, ?, ?), (?, ?, ?)")
    }

    @Test func neighboursAreGathered() {
        var neighbours = Neighbours()
        let ranges = [3, 4, 5, 7, 6, 8].compactMap { neighbours.add($0) }
        #expect(ranges == [3...5, 7...7, 6...6])
        #expect(neighbours.end() == 8...8)
        #expect(neighbours.end() == nil)
    }

    @Test func classesAreCounted() {
        var counts: ClassCounts = [.ok: 2, .unsent: 1]
        counts[.skipped] += 4
        counts.add([.ok: 1])
        #expect(counts == [.ok: 3, .skipped: 4, .unsent: 1])
        #expect(counts.sum == 8)
        #expect(ResultClass.allCases.map { ([$0: 1] as ClassCounts)[$0] } == ResultClass.allCases.map { _ in 1 })
    }
}

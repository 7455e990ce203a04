import SQLite
import Testing

@testable import Sluice

@Suite struct LedgerCountTests {
    private let folder: TemporaryFolder
    private let queue: Queue

    init() throws {
        folder = try TemporaryFolder()
        queue = try Queue(path: folder.file("queue.db"), durability: .normal)
    }

    private static let endings: [AttemptRecord.Ending] = [
        .ok, .truncated, .refused, .filtered, .invalid, .failed, .retried, .throttled, .stopped, .unknown, .unsent,
    ]

    /// Any of all that a row of the ledger may hold.
    private func fillAtRandom(_ count: Int) throws {
        var chance = Chance(state: 11)
        func any(_ choices: [String]) -> String { choices[Int.random(in: 0..<choices.count, using: &chance)] }
        let counts = ["NULL", "NULL", "0", "0", "1", "7", "1000000"]
        let costs = ["NULL", "0", "1", "61250000", "999999999", "1000000000", "123456789012345"]
        for id in 1...count {
            let ending = Self.endings[Int.random(in: 0..<Self.endings.count, using: &chance)].rawValue
            let values = [
                any(["NULL", "5"]), "'\(ending)'", any(["0", "0", "1"]),
                any(["NULL", "199", "200", "204", "299", "300", "429", "500"]), any(counts), any(counts), any(counts),
                any(counts), any(counts), any(costs), any(counts), any(costs), any(["NULL", "NULL", "NULL", "3"]),
            ]
            try queue.database.execute(
                """
                INSERT INTO attempts (id, request_id, run_id, endpoint, claimed_at, ended_at, sent_at, outcome,
                  possibly_billed, status, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, total_tokens,
                  cost_picousd, tokens_at_most, cost_at_most_picousd, paid_by)
                VALUES (\(id), 1, \(any(["1", "1", "1", "2"])), 'e', 1, 2, \(values.joined(separator: ", ")))
                """)
        }
    }

    /// The same sums by SQLite.
    private func sums(_ run: Int64) throws -> [Int64] {
        let query = try queue.database.statement(
            "SELECT \(Queue.ledgerColumns) FROM attempts WHERE run_id = \(run) AND \(Queue.isCounted)")
        #expect(try query.step())
        defer { query.reset() }
        return (0..<19).map { query.integer($0) }
    }

    @Test func countsWhatSQLiteSums() throws {
        let run = try queue.put([planned("a")], into: queue.newRun()).run
        _ = try queue.put([planned("b")], into: queue.newRun("other"))
        try fillAtRandom(3000)
        let counted = try queue.countTotals(of: run)
        let totals = counted.totals
        let sums = try sums(run.id)
        #expect(sums[0] > 1000 && !sums.contains(0))
        let found = [
            totals.attempts, totals.possiblyBilled, counted.retries.lowerBound, counted.retries.upperBound,
            totals.throttles, totals.promptTokens, totals.completionTokens, totals.cachedTokens, totals.reasoningTokens,
            totals.totalTokens, totals.usageAbsent, totals.costUnknown, Int(totals.cost.picoDollars),
            totals.possible.tokens, totals.possible.tokenAttempts, Int(totals.possible.cost.picoDollars),
            totals.possible.costAttempts,
        ]
        func cost(_ place: Int) -> Int64 { sums[place] * 1_000_000_000 + sums[place + 1] }
        #expect(
            found.map { Int64($0) } == Array(sums[..<12]) + [cost(12), sums[14], sums[15], cost(16), sums[18]])
    }

    @Test func deletedAttemptsAreAdded() throws {
        let run = try queue.put([planned("a")], into: queue.newRun()).run
        try queue.answerAll(run)
        let before = try queue.countTotals(of: run)
        try queue.database.execute(
            """
            INSERT INTO deleted_attempts (run_id, attempts, possibly_billed, retries, retries_at_most, throttles,
              prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, total_tokens, usage_absent, cost_unknown,
              cost_billions, cost_rest, bounded_tokens, bounded_token_attempts, bounded_cost_billions, bounded_cost_rest,
              bounded_cost_attempts)
            VALUES (\(run.id), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19)
            """)
        var expected = before
        expected.retries = 3...4
        expected.totals.attempts += 1
        expected.totals.possiblyBilled += 2
        expected.totals.throttles += 5
        expected.totals.promptTokens += 6
        expected.totals.completionTokens += 7
        expected.totals.cachedTokens += 8
        expected.totals.reasoningTokens += 9
        expected.totals.totalTokens += 10
        expected.totals.usageAbsent += 11
        expected.totals.costUnknown += 12
        expected.totals.cost += Money(picoDollars: 13_000_000_014)
        expected.totals.possible.tokens += 15
        expected.totals.possible.tokenAttempts += 16
        expected.totals.possible.cost += Money(picoDollars: 17_000_000_018)
        expected.totals.possible.costAttempts += 19
        #expect(try queue.countTotals(of: run) == expected)
    }

    @Test func numbersThatNoEndpointToldDoNoHarm() throws {
        let run = try queue.put([planned("a"), planned("b")], into: queue.newRun()).run
        try queue.answerAll(run)
        try queue.database.execute(
            "UPDATE attempts SET prompt_tokens = \(Int64.max), cost_picousd = \(Int64.max), status = -1")
        let counted = try queue.countTotals(of: run)
        #expect(counted.totals.promptTokens == .max)
        #expect(counted.totals.cost.picoDollars == .max)
    }

    /// Text that differs from row to row, is the same, is none, or is not text at all.
    @Test func wordsAreReadAsTheyAre() throws {
        let query = try queue.database.statement(
            """
            SELECT column1 FROM (VALUES (NULL), (''), ('ok'), ('ok'), (NULL), ('ok'), ('failed'), ('nothing'), ('nothing'),
              (''), (CAST(x'FF' AS TEXT)), ('ok'))
            """)
        var text = LastText()
        var name = LastName<ResultClass>()
        var texts: [String?] = []
        var names: [ResultClass?] = []
        while try query.step() {
            texts.append(text.read(query, 0))
            names.append(name.read(query, 0))
        }
        #expect(
            texts == [nil, "", "ok", "ok", nil, "ok", "failed", "nothing", "nothing", "", "\u{FFFD}", "ok"])
        #expect(names == [nil, nil, .ok, .ok, nil, .ok, .failed, nil, nil, nil, nil, .ok])
    }
}

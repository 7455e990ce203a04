import SQLite
import Testing

@testable import Sluice

@Suite struct ClosingBalanceTests {
    private let folder: TemporaryFolder
    private let queue: Queue

    init() throws {
        folder = try TemporaryFolder()
        queue = try Queue(path: folder.file("queue.db"), durability: .normal)
    }

    /// A run that has met everything: answers of all kinds, retries, throttles, a lost attempt, unsent ones, replaced rows.
    private func eventfulRun() throws -> RunRecord {
        // Another run's rows and attempts stand before and behind its own.
        let before = try queue.put([planned("x", "x"), planned("y", "y")], into: queue.newRun("before")).run
        try queue.answerAll(before)
        let rows = try (0..<9).map { try planned("r\($0)", "p\($0)", outputLimit: 10) }
        var run = try queue.put(rows, into: queue.newRun()).run
        var cursor = ClaimCursor()
        let claims = try queue.claim(8, run: run, cursor: &cursor).claims
        var records = claims.map {
            $0.answered("hi", usage: Usage(promptTokens: 3, completionTokens: 4, totalTokens: 7))
        }
        records[0].cost = Money(picoDollars: 61_250_000)
        records[1].settle(.truncated, answer: [])
        records[1].usage = Usage(cachedTokens: 1, reasoningTokens: 2)
        records[2].usage = Usage(cacheWriteTokens: 5)
        records[3].ending = .retried
        records[3].disposition = .again(notBefore: Timestamp(milliseconds: 1))
        records[3].status = 500
        records[4].ending = .throttled
        records[4].disposition = .again(notBefore: Timestamp(milliseconds: 1))
        records[4].status = 429
        records[4].usage = nil
        records[5].ending = .truncated
        records[5].disposition = .again(notBefore: Timestamp(milliseconds: 1))
        records[6].markUnsent()
        records[6].disposition = .released
        try queue.record(Array(records.dropLast()), run: run)
        _ = try queue.endLostAttempts(
            run: run.id, tariffs: [Tariff(Pricing(Price(input: try dollars("1"), output: try dollars("2"))))],
            now: Timestamp(milliseconds: 5))
        // r0 is answered and then replaced; r8 goes.
        run = try queue.run(named: String(run.id))
        run = try queue.put([planned("r0", "new")] + Array(rows[1..<8]), into: run).run
        let after = try queue.put([planned("z", "z")], into: queue.newRun("after")).run
        try queue.answerAll(after)
        return run
    }

    private func balance(_ run: RunRecord) throws -> ClosingBalance {
        try #require(try queue.closingBalance(of: run))
    }

    @Test func anEventfulRunIsEven() throws {
        let run = try eventfulRun()
        #expect(try balance(run).differences == [])
        let totals = try queue.totals(run: run.id)
        #expect(totals.attempts == 7)
        #expect(totals.possiblyBilled == 1)
        #expect(totals.retries == 2)
        #expect(totals.usageAbsent == 1)
        #expect(totals[.ok] == 1)
        let others = try queue.runs().filter { $0.id != run.id }
        #expect(try others.map { try balance($0).isEven } == [true, true])
    }

    @Test(arguments: [
        ("ok = ok + 1", "rows ok"), ("truncated = truncated - 1", "rows truncated"), ("refused = 1", "rows refused"),
        ("filtered = 1", "rows filtered"), ("invalid = 1", "rows invalid"), ("failed = 1", "rows failed"),
        ("skipped = 1", "rows skipped"), ("attempts = attempts + 1", "attempts ended"),
        ("retries = retries + 9", "attempts tried again"), ("retries = 0", "attempts tried again"),
        ("throttles = 0", "attempts throttled"), ("possibly_billed = 0", "attempts possibly billed"),
        ("prompt_tokens = prompt_tokens + 1", "prompt tokens"),
        ("completion_tokens = completion_tokens - 1", "completion tokens"), ("cached_tokens = 0", "cached tokens"),
        ("reasoning_tokens = 0", "reasoning tokens"), ("total_tokens = total_tokens + 1", "tokens"),
        ("usage_absent = 0", "answers without usage"), ("cost_picousd = cost_picousd + 1", "picodollars"),
        ("cost_unknown = cost_unknown + 1", "attempts of unknown cost"),
        ("bounded_tokens = bounded_tokens + 1", "tokens at most, unaccounted for"),
        ("bounded_token_attempts = 0", "attempts with a limit"),
        ("bounded_picousd = bounded_picousd - 1", "picodollars at most, unaccounted for"),
        ("bounded_cost_attempts = 0", "attempts with a cost at most"),
    ])
    func aFalseCounterIsNamed(change: String, name: String) throws {
        let run = try eventfulRun()
        try queue.database.execute("UPDATE totals SET \(change) WHERE run_id = \(run.id)")
        let balance = try balance(run)
        #expect(!balance.isEven)
        #expect(balance.differences.map(\.name).contains(name))
        // A class that is one off leaves the unsent one off the other way, and nothing else.
        #expect(balance.differences.allSatisfy { $0.name == name || $0.name == "rows unsent" })
        #expect(balance.description.hasPrefix("bug in Sluice: the counters of run \(run.id) do not match"))
    }

    @Test(arguments: [
        ("UPDATE runs SET rows = rows + 1 WHERE id = 2", ["rows of the plan", "rows unsent"]),
        ("UPDATE states SET retired = 1 WHERE request_id = 8", ["rows of the plan", "rows unsent"]),
        ("DELETE FROM attempts WHERE outcome = 'throttled'", ["attempts ended", "attempts throttled"]),
        (
            """
            INSERT INTO claims SELECT id, request_id, run_id, endpoint, claimed_at FROM attempts WHERE outcome = 'retried';
            DELETE FROM attempts WHERE outcome = 'retried'
            """,
            ["attempts ended", "attempts still in flight"]
        ),
        ("UPDATE attempts SET possibly_billed = 0 WHERE run_id = 2", ["attempts possibly billed"]),
    ])
    func aFalseRowIsNamed(change: String, names: [String]) throws {
        let run = try eventfulRun()
        try queue.database.execute(change)
        #expect(Set(try balance(run).differences.map(\.name)).isSuperset(of: names))
    }

    @Test func figuresStandInTheSentence() throws {
        let run = try eventfulRun()
        try queue.database.execute("UPDATE totals SET attempts = 70 WHERE run_id = \(run.id)")
        #expect(try balance(run).description.contains(": attempts ended 70, counted 7; "))
    }

    /// Counters of cost stay at the largest integer; so does what they are held against.
    @Test func aSumOfCostsPastTheLargestIntegerIsEven() throws {
        let run = try queue.put([planned("a", "a"), planned("b", "b")], into: queue.newRun()).run
        var cursor = ClaimCursor()
        let records = try queue.claim(2, run: run, cursor: &cursor).claims.map {
            var record = $0.answered()
            record.cost = Money(picoDollars: .max - 5)
            return record
        }
        try queue.record(records, run: run)
        #expect(try queue.totals(run: run.id).cost.picoDollars == .max)
        #expect(try balance(run).differences == [])
    }

    @Test func nothingIsSaidOfARunThatIsBeingPlanned() throws {
        let run = try eventfulRun()
        try queue.database.execute("UPDATE runs SET planning = 1 WHERE id = \(run.id)")
        #expect(try queue.closingBalance(of: run) == nil)
    }
}

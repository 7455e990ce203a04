import SQLite
import Testing

@testable import Sluice

/// Who answered, as the ledger and the counters tell it.
@Suite struct EndpointTotalsTests {
    private let folder: TemporaryFolder
    private let queue: Queue
    private let east = EndpointLabel(name: "east", url: "https://a.example/v1")
    private let west = EndpointLabel(name: "west", url: "https://b.example/v1")

    init() throws {
        folder = try TemporaryFolder()
        queue = try Queue(path: folder.file("queue.db"), durability: .normal)
    }

    private func plan(_ count: Int) throws -> RunRecord {
        try queue.put((0..<count).map { try planned("r\($0)", "r\($0)") }, into: queue.newRun()).run
    }

    /// As a job with several endpoints claims and records.
    private func exchange(_ records: [AttemptRecord], claiming limit: Int, _ run: RunRecord) throws -> [Claim] {
        var cursor = ClaimCursor()
        return try queue.exchange(
            run: run.id, recording: records, claiming: limit, cursor: &cursor, endpoint: "", activeTime: .zero,
            now: Timestamp(milliseconds: 2000)
        ).claims
    }

    private func ledger() throws -> [String] {
        let query = try queue.database.statement(
            """
            SELECT endpoint || '|' || coalesce(endpoint_name, '-') || '|' || coalesce(asked_model, '-') FROM attempts
            UNION ALL SELECT endpoint || '|in flight' FROM claims
            """)
        defer { query.reset() }
        var lines: [String] = []
        while try query.step() { lines.append(query.text(0)) }
        return lines
    }

    @Test func theLedgerNamesAnEndpointOnceItIsKnown() throws {
        let run = try plan(3)
        let claims = try exchange([], claiming: 3, run)
        #expect(try ledger() == ["|in flight", "|in flight", "|in flight"])
        var records = claims.map { $0.answered(usage: Usage(promptTokens: 1, completionTokens: 2, totalTokens: 3)) }
        records[0].endpoint = east
        records[0].cost = Money(picoDollars: 5)
        records[1].endpoint = west
        records[1].askedModel = "m-mini"
        _ = try exchange(Array(records.prefix(2)), claiming: 0, run)
        #expect(
            try ledger() == ["https://a.example/v1|east|-", "https://b.example/v1|west|m-mini", "|in flight"])
        // What was in flight when the program died is nobody's.
        #expect(try queue.endLostAttempts(run: run.id, now: Timestamp(milliseconds: 5)) == 1)
        let totals = try queue.endpointTotals(run: run.id)
        #expect(totals.map(\.endpoint) == ["", "east", "west"])
        #expect(totals.map(\.counts.attempts) == [1, 1, 1])
        #expect(totals.map(\.counts.possiblyBilled) == [1, 0, 0])
        #expect(totals.map { $0.counts[.ok] } == [0, 1, 1])
        #expect(totals.map(\.counts.totalTokens) == [0, 3, 3])
        #expect(totals[1].counts.cost == Money(picoDollars: 5))
        #expect(totals.map(\.counts.costUnknown) == [1, 0, 1])
        #expect(try queue.closingBalance(of: run)?.differences == [])
    }

    @Test func theOnlyEndpointIsKnownByItsURLFromTheClaimOn() throws {
        let run = try plan(2)
        var cursor = ClaimCursor()
        let claims = try queue.claim(2, run: run, cursor: &cursor).claims
        #expect(try ledger() == ["e|in flight", "e|in flight"])
        try queue.record([claims[0].answered()], run: run)
        _ = try queue.endLostAttempts(run: run.id, now: Timestamp(milliseconds: 5))
        #expect(try queue.endpointTotals(run: run.id).map(\.endpoint) == ["e"])
        #expect(try queue.endpointTotals(run: run.id).map(\.counts.attempts) == [2])
        #expect(try queue.closingBalance(of: run)?.differences == [])
    }

    @Test func requestsThatNeverLeftAreNotCounted() throws {
        let run = try plan(1)
        let claims = try exchange([], claiming: 1, run)
        var record = claims[0].answered()
        record.endpoint = east
        record.disposition = .again(notBefore: Timestamp(milliseconds: 1))
        record.markUnsent()
        _ = try exchange([record], claiming: 0, run)
        #expect(try queue.endpointTotals(run: run.id) == [])
        #expect(try ledger() == ["https://a.example/v1|east|-"])
    }

    @Test func aDifferenceByEndpointIsFound() throws {
        let run = try plan(1)
        let claims = try exchange([], claiming: 1, run)
        _ = try exchange([claims[0].answered()], claiming: 0, run)
        try queue.database.execute("UPDATE endpoint_totals SET attempts = 2, total_tokens = 9")
        #expect(
            try queue.closingBalance(of: run)?.differences.map(\.name)
                == ["attempts by endpoint", "tokens by endpoint"])
    }

    @Test func theyGoWithTheirRun() throws {
        let run = try plan(1)
        let claims = try exchange([], claiming: 1, run)
        _ = try exchange([claims[0].answered()], claiming: 0, run)
        try queue.deleteRun(run.id)
        #expect(try queue.endpointTotals(run: run.id) == [])
    }

    @Test func anOlderQueueIsCountedWhenItIsBroughtUpToDate() throws {
        let path = folder.file("old.db")
        do {
            let old = try Database(path: path, mode: .readWrite)
            try old.migrate(Array(QueueSchema.migrations.prefix(4)), applicationID: QueueSchema.applicationID)
            try old.execute(
                """
                INSERT INTO runs (id, job, input, endpoint, created_at) VALUES (1, 'a', 'i', 'x', 0);
                INSERT INTO totals (run_id) VALUES (1);
                INSERT INTO requests (id, run_id, revision, custom_id, method, url, body, fingerprint, prompt_estimate)
                VALUES (1, 1, 1, 'r', 'POST', '/', '{}', zeroblob(16), 1);
                INSERT INTO states (request_id, run_id, seq, line) VALUES (1, 1, 0, 1);
                INSERT INTO attempts (request_id, run_id, endpoint, claimed_at, sent_at, ended_at, outcome, status,
                  possibly_billed, prompt_tokens, completion_tokens, total_tokens, cost_picousd, paid_by) VALUES
                  (1, 1, 'x', 0, 1, 2, 'ok', 200, 0, 3, 4, 7, 1750000000, NULL),
                  (1, 1, 'x', 0, 1, 2, 'throttled', 429, 0, NULL, NULL, NULL, NULL, NULL),
                  (1, 1, 'y', 0, 1, 2, 'unknown', NULL, 1, NULL, NULL, NULL, NULL, NULL),
                  (1, 1, 'y', 0, NULL, 2, 'unsent', NULL, 0, NULL, NULL, NULL, NULL, NULL),
                  (1, 1, 'y', 0, 1, 2, 'ok', 200, 0, 3, 4, 7, 5, 9),
                  (1, 1, 'x', 0, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL);
                INSERT INTO deleted_attempts VALUES (1, 2, 1, 0, 0, 1, 10, 20, 0, 0, 30, 0, 1, 2, 7);
                """)
        }
        let queue = try Queue(path: path, durability: .normal)
        let totals = try queue.endpointTotals(run: 1)
        #expect(totals.map(\.endpoint) == ["", "x", "y"])
        #expect(totals.map(\.counts.attempts) == [2, 2, 1])
        #expect(totals.map { $0.counts[.ok] } == [0, 1, 0])
        #expect(totals.map(\.counts.throttles) == [1, 1, 0])
        #expect(totals.map(\.counts.totalTokens) == [30, 7, 0])
        #expect(totals.map(\.counts.cost.picoDollars) == [2_000_000_007, 1_750_000_000, 0])
        #expect(totals.map(\.counts.costUnknown) == [1, 0, 1])
        // What was in flight is still, in a table of its own.
        #expect(try queue.database.integer("SELECT id FROM claims WHERE request_id = 1 AND endpoint = 'x'") == 6)
        #expect(try queue.database.integer("SELECT count(*) FROM attempts") == 5)
        #expect(try queue.endLostAttempts(run: 1, now: Timestamp(milliseconds: 9)) == 1)
        #expect(try queue.database.integer("SELECT possibly_billed FROM attempts WHERE id = 6") == 1)
    }
}

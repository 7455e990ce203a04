import Digest
import SQLite

extension Queue {
    /// Calls `row` for each request of the plan in force that a damaged file still gives whole, in the order of their
    /// ids, which is that of the input unless the plan was changed.
    ///
    /// A scan ends at the first broken page. So every row is looked up by itself: a tree of pages leads past the broken
    /// ones to all others. Where the page with a row's attempt or its state is the broken one, the row comes without
    /// what stood there; a body that does not match its fingerprint is as good as none.
    ///
    /// - Returns: how many rows of the plan could not be read.
    func salvageResults(of run: RunRecord, input: Bool, _ row: (ResultRow) throws -> Void) throws -> Int {
        guard run.revision > 0 else { throw QueueError.notPlanned(run: run.id) }
        // Pages are looked at more closely before they are believed.
        try database.execute("PRAGMA cell_size_check = ON")
        let hasher = try SHA256Hasher()
        var saved = 0
        try database.readTransaction {
            let first = run.firstRequest ?? 1
            let last = lastRequest(of: run, from: first)
            var id = first
            while id <= last {
                if let found = try salvage(id, run, input: input, hasher) {
                    try row(found)
                    saved += 1
                }
                id += 1
            }
        }
        return max(0, run.rows - saved)
    }

    /// The greatest id that any table still tells of.
    private func lastRequest(of run: RunRecord, from first: Int64) -> Int64 {
        let told = ["max(id) FROM requests", "max(request_id) FROM states", "max(request_id) FROM results"].compactMap {
            (try? database.integer("SELECT \($0)")) ?? nil
        }
        // Without any of them: as many as the plan has, were they written in one go.
        return max(told.max() ?? 0, first + Int64(run.rows) - 1)
    }

    private func salvage(
        _ id: Int64, _ run: RunRecord, input: Bool, _ hasher: SHA256Hasher
    ) throws -> ResultRow? {
        for source in SalvageSource.allCases where source != .withoutState || run.revision == 1 {
            do {
                let query = try database.statement(source.query(input: input))
                try query.bind(1, run.id)
                try query.bind(2, run.revision)
                try query.bind(3, id)
                defer { query.reset() }
                guard try query.step() else { return nil }
                guard try Self.isWhole(query, hasher) else { return nil }
                var reader = ResultRowReader()
                return reader.read(query)
            } catch let error as SQLiteError where error.isCorruption {
                continue
            }
        }
        return nil
    }

    private static func isWhole(_ row: Statement, _ hasher: SHA256Hasher) throws -> Bool {
        let attachments = row.integer(24)
        guard attachments == 0 else { return true }
        let body = row.bytes(19)
        let fingerprint = try Fingerprint(method: "POST", url: row.text(1), body: body, hasher: hasher)
        return row.withBytes(23) { Fingerprint(bytes: $0) } == fingerprint
    }
}

/// Where a row is put together from, the fullest first.
private enum SalvageSource: CaseIterable {
    case whole
    /// The ledger's page is broken: what it cost and how long it took is lost.
    case withoutAttempt
    /// The state's page is broken: the attempt that settled the row tells its class.
    case withoutState

    /// The columns that `ResultRowReader` reads, then the fingerprint and the count of attachments.
    func query(input: Bool) -> String {
        let attempt =
            self == .withoutAttempt
            ? "NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL"
            : "a.tokens_per_second, a.error_code, a.error, a.provider_request_id, a.finish_reason, a.model, a.latency_ms, "
                + "a.prompt_tokens, a.completion_tokens, a.total_tokens, a.cached_tokens, a.reasoning_tokens, a.cost_picousd"
        let state = self == .withoutState ? "a.outcome, 1" : "s.class, s.attempts + s.invalids + s.grown"
        let tokens = self == .withoutAttempt ? "NULL, NULL" : "a.first_token_ms, a.status"
        let tables =
            switch self {
            case .whole:
                """
                states s JOIN requests r ON r.id = s.request_id LEFT JOIN results x ON x.request_id = s.request_id
                LEFT JOIN attempts a ON a.id = x.attempt_id
                """
            case .withoutAttempt:
                "states s JOIN requests r ON r.id = s.request_id LEFT JOIN results x ON x.request_id = s.request_id"
            case .withoutState:
                "requests r JOIN results x ON x.request_id = r.id JOIN attempts a ON a.id = x.attempt_id"
            }
        let isInForce = self == .withoutState ? "" : "AND (s.retired IS NULL OR s.retired > ?2)"
        return """
            SELECT r.custom_id, r.url, \(state), x.attempt_id, x.answer, \(attempt), r.body,
              \(input ? "i.columns" : "NULL"), \(tokens), r.fingerprint, r.attachments
            FROM \(tables) \(input ? "LEFT JOIN inputs i ON i.request_id = r.id" : "")
            WHERE r.id = ?3 AND r.run_id = ?1 AND r.revision <= ?2 \(isInForce)
            """
    }
}

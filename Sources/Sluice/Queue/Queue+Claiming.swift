import SQLite

extension Queue {
    /// Requests past this many bytes of bodies are left for the next claim, so that memory stays bounded.
    private static let bytesPerClaim = 64 << 20

    /// Records endings and claims requests in one transaction.
    ///
    /// - Parameters:
    ///   - cursor: the newest request id claimed in this sitting; requests behind it are claimed again only when they
    ///     wait and are due.
    ///   - limit: how many to claim at most.
    ///   - endpoint: the base URL of the one endpoint that there is; empty where that is chosen when a request leaves.
    package func exchange(
        run: Int64, recording records: [AttemptRecord], claiming limit: Int, cursor: inout Int64,
        endpoint: String, activeTime: Duration, now: Timestamp
    ) throws -> Exchange {
        var exchange = Exchange()
        let start = cursor
        do {
            try database.transaction {
                var part = RunTotals()
                part.activeTime = activeTime
                var parts: [String: RunTotals] = [:]
                for record in records {
                    try self.record(record, into: &part)
                    record.count(into: &parts[record.endpoint?.description ?? endpoint, default: RunTotals()])
                }
                for (endpoint, part) in parts { try add(part, to: run, endpoint: endpoint) }
                var room = limit
                var bytes = 0
                try claimDue(run: run, cursor: cursor, now: now, room: &room, bytes: &bytes, into: &exchange)
                try claimFresh(run: run, cursor: &cursor, room: &room, bytes: &bytes, into: &exchange)
                for index in exchange.claims.indices {
                    exchange.claims[index].attemptID = try openAttempt(
                        exchange.claims[index].requestID, run: run, endpoint: endpoint, now: now)
                }
                try add(part, to: run)
                exchange.nextDue = try earliestWaiting(run: run)
            }
        } catch {
            cursor = start
            throw error
        }
        return exchange
    }

    private func claimDue(
        run: Int64, cursor: Int64, now: Timestamp, room: inout Int, bytes: inout Int, into exchange: inout Exchange
    ) throws {
        guard room > 0 else { return }
        let due = try database.statement(
            """
            \(Self.claimColumns) WHERE s.run_id = ?1 AND s.not_before <= ?2 AND s.retired IS NULL
              AND s.request_id <= ?4
            ORDER BY s.not_before LIMIT ?3
            """)
        try due.bind(1, run)
        // Beyond the cursor a request comes up by itself, and must not be claimed twice.
        try due.bind(4, cursor)
        try due.bind(2, now.milliseconds)
        try due.bind(3, room)
        let first = exchange.claims.count
        try take(from: due, room: &room, bytes: &bytes, into: &exchange)
        let clear = try database.statement("UPDATE states SET not_before = NULL WHERE request_id = ?1")
        for claim in exchange.claims[first...] {
            try clear.bind(1, claim.requestID)
            try clear.run()
        }
    }

    private func claimFresh(
        run: Int64, cursor: inout Int64, room: inout Int, bytes: inout Int, into exchange: inout Exchange
    ) throws {
        guard room > 0 else { return }
        // The plus keeps SQLite from going through the index on run_id, which would read every row of the run and
        // sort; by row id it reads on from the cursor (https://sqlite.org/optoverview.html#uplus).
        let fresh = try database.statement(
            """
            \(Self.claimColumns) WHERE s.request_id > ?2 AND +s.run_id = ?1 AND s.class IS NULL
              AND s.not_before IS NULL AND s.retired IS NULL
            ORDER BY s.request_id LIMIT ?3
            """)
        try fresh.bind(1, run)
        try fresh.bind(2, cursor)
        try fresh.bind(3, room)
        let first = exchange.claims.count
        try take(from: fresh, room: &room, bytes: &bytes, into: &exchange)
        if exchange.claims.count > first { cursor = exchange.claims[exchange.claims.count - 1].requestID }
        exchange.isExhausted = room > 0 && bytes < Self.bytesPerClaim
    }

    private static let claimColumns = """
        SELECT s.request_id, r.custom_id, r.url, r.body, s.attempts, s.throttles, r.prompt_estimate, r.output_limit,
          s.invalids, m.request_id IS NOT NULL, m.output_limit, m.turns, r.attachments
        FROM states s JOIN requests r ON r.id = s.request_id LEFT JOIN amendments m ON m.request_id = s.request_id
        """

    private func take(
        from rows: Statement, room: inout Int, bytes: inout Int, into exchange: inout Exchange
    ) throws {
        while bytes < Self.bytesPerClaim, try rows.step() {
            let body = rows.bytes(3)
            bytes += body.count
            room -= 1
            exchange.claims.append(
                Claim(
                    requestID: rows.integer(0), attemptID: 0, customID: rows.text(1), url: rows.text(2), body: body,
                    attempts: Int(rows.integer(4)), throttles: Int(rows.integer(5)),
                    invalids: Int(rows.integer(8)), amendment: Self.amendment(rows),
                    promptEstimate: Int(rows.integer(6)), outputLimit: rows.optionalInteger(7).map(Int.init),
                    attachments: rows.integer(12) > 0 ? try attachments(of: rows.integer(0)) : []))
        }
        rows.reset()
    }

    private static func amendment(_ row: Statement) -> Amendment? {
        guard row.integer(9) != 0 else { return nil }
        return Amendment(
            outputLimit: row.optionalInteger(10).map(Int.init), turns: row.isNull(11) ? nil : row.bytes(11))
    }

    private func openAttempt(_ request: Int64, run: Int64, endpoint: String, now: Timestamp) throws -> Int64 {
        let insert = try database.statement(
            "INSERT INTO attempts (request_id, run_id, endpoint, claimed_at) VALUES (?1, ?2, ?3, ?4)")
        try insert.bind(1, request)
        try insert.bind(2, run)
        try insert.bind(3, endpoint)
        try insert.bind(4, now.milliseconds)
        try insert.run()
        return database.lastInsertedRow
    }

    private func earliestWaiting(run: Int64) throws -> Timestamp? {
        let query = try database.statement(
            "SELECT min(not_before) FROM states WHERE run_id = ?1 AND not_before IS NOT NULL AND retired IS NULL")
        try query.bind(1, run)
        defer { query.reset() }
        return try query.step() ? query.optionalInteger(0).map(Timestamp.init(milliseconds:)) : nil
    }
}

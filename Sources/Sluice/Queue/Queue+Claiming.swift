import SQLite

extension Queue {
    /// Requests past this many bytes of bodies are left for the next claim, so that memory stays bounded.
    private static let bytesPerClaim = 64 << 20

    /// Records endings and claims requests in one transaction.
    ///
    /// - Parameters:
    ///   - limit: how many to claim at most.
    ///   - endpoint: the base URL of the one endpoint that there is; empty where that is chosen when a request leaves.
    ///   - choice: which requests may be claimed for the first time.
    package func exchange(
        run: Int64, recording records: [AttemptRecord], claiming limit: Int, from choice: RowChoice = .all,
        cursor: inout ClaimCursor, endpoint: String, activeTime: Duration, held: [Hold: Duration] = [:], now: Timestamp
    ) throws -> Exchange {
        var exchange = Exchange()
        let start = cursor
        do {
            try database.transaction {
                var part = RunTotals()
                try record(records, run: run, endpoint: endpoint, into: &part)
                exchange.recorded = part
                part.activeTime = activeTime
                try count(records, part, run: run, endpoint: endpoint)
                if limit > 0 { try claim(limit, run: run, choice, cursor: &cursor, now: now, into: &exchange) }
                try open(&exchange.claims, run: run, endpoint: endpoint, now: now)
                try add(part, to: run)
                try add(held, to: run)
                exchange.nextDue = try earliestWaiting(run: run)
            }
        } catch {
            cursor = start
            throw error
        }
        return exchange
    }

    /// Counts the records for whom they were sent to: where there is but one endpoint, that is all of `part`.
    private func count(_ records: [AttemptRecord], _ part: RunTotals, run: Int64, endpoint: String) throws {
        guard records.contains(where: { $0.endpoint != nil }) else { return try add(part, to: run, endpoint: endpoint) }
        var parts: [String: RunTotals] = [:]
        for record in records {
            record.count(into: &parts[record.endpoint?.description ?? endpoint, default: RunTotals()])
        }
        for (endpoint, part) in parts { try add(part, to: run, endpoint: endpoint) }
    }

    /// Rows that are due to be tried again come first, but leave a quarter of the places to rows that were never sent:
    /// a storm of retries starves nobody.
    private func claim(
        _ limit: Int, run: Int64, _ choice: RowChoice, cursor: inout ClaimCursor, now: Timestamp,
        into exchange: inout Exchange
    ) throws {
        if cursor.levels == nil { cursor.levels = try levels(run: run, from: cursor.start) }
        var room = Room(claims: limit, bytes: Self.bytesPerClaim)
        let kept = cursor.placesForFresh(of: limit)
        room.claims -= kept
        try claimDue(run: run, cursor, now: now, &room, into: &exchange)
        room.claims += kept
        try claimFresh(run: run, choice, &cursor, &room, into: &exchange)
        try claimDue(run: run, cursor, now: now, &room, into: &exchange)
    }

    /// What one visit may still take.
    private struct Room {
        var claims: Int
        var bytes: Int
        var isLeft: Bool { claims > 0 && bytes > 0 }
    }

    private func levels(run: Int64, from start: Int64) throws -> [ClaimCursor.Level] {
        let query = try database.statement(
            """
            SELECT priority FROM states WHERE run_id = ?1 AND priority <> 0 UNION SELECT 0 ORDER BY priority DESC
            """)
        try query.bind(1, run)
        defer { query.reset() }
        var levels: [ClaimCursor.Level] = []
        while try query.step() { levels.append(.init(priority: query.integer(0), request: start)) }
        return levels
    }

    private func claimDue(
        run: Int64, _ cursor: ClaimCursor, now: Timestamp, _ room: inout Room, into exchange: inout Exchange
    ) throws {
        let due = try database.statement(
            """
            SELECT \(Self.claimColumns) WHERE s.run_id = ?1 AND s.not_before <= ?2 AND s.retired IS NULL
              AND s.request_id <= ?4 AND +s.priority = ?5
            ORDER BY s.not_before LIMIT ?3
            """)
        for level in cursor.levels ?? [] where room.isLeft {
            try due.bind(1, run)
            try due.bind(2, now.milliseconds)
            try due.bind(3, room.claims)
            // Beyond the cursor a request comes up by itself, and must not be claimed twice.
            try due.bind(4, level.request)
            try due.bind(5, level.priority)
            let first = exchange.claims.count
            try take(from: due, &room, into: &exchange)
            let clear = try database.statement("UPDATE states SET not_before = NULL WHERE request_id = ?1")
            for claim in exchange.claims[first...] {
                try clear.bind(1, claim.requestID)
                try clear.run()
            }
        }
    }

    private func claimFresh(
        run: Int64, _ choice: RowChoice, _ cursor: inout ClaimCursor, _ room: inout Room, into exchange: inout Exchange
    ) throws {
        for index in cursor.levels?.indices ?? 0..<0 {
            guard room.isLeft, let level = cursor.levels?[index] else { return }
            let fresh = try database.statement(
                Self.fresh(level.priority == 0 ? Self.freshOrdinary : Self.freshOfPriority, choice))
            try fresh.bind(1, run)
            try fresh.bind(2, level.request)
            try fresh.bind(3, room.claims)
            if level.priority != 0 { try fresh.bind(4, level.priority) }
            let first = exchange.claims.count
            try take(from: fresh, &room, into: &exchange)
            if exchange.claims.count > first {
                cursor.levels?[index].request = exchange.claims[exchange.claims.count - 1].requestID
            }
        }
        exchange.isExhausted = room.isLeft
    }

    private static func fresh(_ rows: String, _ choice: RowChoice) -> String {
        "\(rows)\(choice == .chosen ? isChosen : "") ORDER BY s.request_id LIMIT ?3"
    }

    /// The plus keeps SQLite from going through the index on run_id, which would read every row of the run and sort; by
    /// row id it reads on from the cursor (https://sqlite.org/optoverview.html#uplus).
    private static let freshOrdinary = """
        SELECT \(claimColumns) WHERE s.request_id > ?2 AND +s.run_id = ?1 AND +s.priority = 0 AND s.class IS NULL
          AND s.not_before IS NULL AND s.retired IS NULL
        """

    /// By the index of rows that have a priority, which ends with the row id.
    private static let freshOfPriority = """
        SELECT \(claimColumns) WHERE s.run_id = ?1 AND s.priority = ?4 AND s.priority <> 0 AND s.request_id > ?2
          AND s.class IS NULL AND s.not_before IS NULL AND s.retired IS NULL
        """

    static let claimColumns = """
        s.request_id, r.custom_id, r.url, r.body, s.attempts, s.throttles, r.prompt_estimate, r.output_limit,
          s.invalids, m.request_id IS NOT NULL, m.output_limit, m.turns, r.attachments, r.model
        FROM states s JOIN requests r ON r.id = s.request_id LEFT JOIN amendments m ON m.request_id = s.request_id
        """

    private func take(from rows: Statement, _ room: inout Room, into exchange: inout Exchange) throws {
        var words = ClaimWords()
        while room.isLeft, try rows.step() {
            let claim = try claim(rows, from: 0, &words)
            room.bytes -= max(claim.body.count, 1)
            room.claims -= 1
            exchange.claims.append(claim)
        }
        rows.reset()
    }

    /// What nearly all requests of a run have in common.
    struct ClaimWords {
        fileprivate var urls = LastText()
        fileprivate var models = LastText()
    }

    /// - Parameters:
    ///   - first: where `claimColumns` begin in the row.
    ///   - words: of the row before.
    func claim(_ row: Statement, from first: Int32, _ words: inout ClaimWords) throws -> Claim {
        let request = row.integer(first)
        return Claim(
            requestID: request, attemptID: 0, customID: row.text(first + 1),
            url: words.urls.read(row, first + 2) ?? "", model: words.models.read(row, first + 13),
            body: row.bytes(first + 3), attempts: Int(row.integer(first + 4)),
            throttles: Int(row.integer(first + 5)), invalids: Int(row.integer(first + 8)),
            amendment: Self.amendment(row, from: first + 9), promptEstimate: Int(row.integer(first + 6)),
            outputLimit: row.optionalInteger(first + 7).map(Int.init),
            attachments: row.integer(first + 12) > 0 ? try attachments(of: request) : [])
    }

    private static func amendment(_ row: Statement, from first: Int32) -> Amendment? {
        guard row.integer(first) != 0 else { return nil }
        return Amendment(
            outputLimit: row.optionalInteger(first + 1).map(Int.init),
            turns: row.isNull(first + 2) ? nil : row.bytes(first + 2))
    }

    private func open(_ claims: inout [Claim], run: Int64, endpoint: String, now: Timestamp) throws {
        guard !claims.isEmpty else { return }
        let last = try database.statement("SELECT \(Self.nextAttempt)")
        defer { last.reset() }
        var next = try last.step() ? last.integer(0) : 1
        for index in claims.indices {
            claims[index].attemptID = next
            claims[index].claimedAt = now
            next += 1
        }
        try RowGroups.each(of: claims.count) { size, places in
            try insert(claims[places], by: Self.insertClaims[size], run: run, endpoint: endpoint, now: now)
        }
    }

    /// By the sizes of `RowGroups`.
    private static let insertClaims = RowGroups.sizes.map { rows in
        let values = (0..<rows).map { "(?\(2 * $0 + 4), ?\(2 * $0 + 5), ?1, ?2, ?3)" }
        return "INSERT OR FAIL INTO claims (id, request_id, run_id, endpoint, claimed_at) VALUES "
            + values.joined(separator: ", ")
    }

    private func insert(
        _ claims: ArraySlice<Claim>, by statement: String, run: Int64, endpoint: String, now: Timestamp
    ) throws {
        let insert = try database.statement(statement)
        try insert.bind(1, run)
        try insert.bind(2, endpoint)
        try insert.bind(3, now.milliseconds)
        var parameter: Int32 = 4
        for index in claims.indices {
            try insert.bind(parameter, claims[index].attemptID)
            try insert.bind(parameter + 1, claims[index].requestID)
            parameter += 2
        }
        try insert.run()
    }

    /// The number of the next attempt: after all that have ended, and all that are in flight.
    static let nextAttempt = """
        max((SELECT coalesce(max(id), 0) FROM attempts), (SELECT coalesce(max(id), 0) FROM claims)) + 1
        """

    private func earliestWaiting(run: Int64) throws -> Timestamp? {
        let query = try database.statement(
            "SELECT min(not_before) FROM states WHERE run_id = ?1 AND not_before IS NOT NULL AND retired IS NULL")
        try query.bind(1, run)
        defer { query.reset() }
        return try query.step() ? query.optionalInteger(0).map(Timestamp.init(milliseconds:)) : nil
    }
}

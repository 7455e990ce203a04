import SQLite

extension Queue {
    /// Ends the attempts that a sitting before left open because its process died: they may have been billed, and
    /// their requests are pending as before.
    ///
    /// - Parameter prices: of the endpoints, by which it is reckoned what they can have cost at most; none leaves that
    ///   unknown.
    /// - Returns: how many there were.
    package func endLostAttempts(run: Int64, prices: [Pricing?] = [], now: Timestamp) throws -> Int {
        try database.transaction {
            var part = RunTotals()
            // One after the other: there are as many as were in flight and claimed, and bodies may be large.
            while let lost = try firstLostAttempt(run: run) {
                let bound = AttemptBound(lost.claim, prices: prices)
                try endLost(lost.claim.attemptID, bound, now: now)
                var one = RunTotals()
                one.attempts = 1
                one.possiblyBilled = 1
                one.costUnknown = 1
                try add(one, to: run, endpoint: lost.endpoint)
                part.possible.add(bound)
                part.attempts += 1
            }
            // A waiting time was set by a clock that may have been another one, and long ago.
            let due = try database.statement(
                "UPDATE states SET not_before = NULL WHERE run_id = ?1 AND not_before IS NOT NULL")
            try due.bind(1, run)
            try due.run()
            part.possiblyBilled = part.attempts
            part.costUnknown = part.attempts
            if part.attempts > 0 { try add(part, to: run) }
            return part.attempts
        }
    }

    private func firstLostAttempt(run: Int64) throws -> (claim: Claim, endpoint: String)? {
        let query = try database.statement(
            """
            SELECT a.id, coalesce(a.endpoint_name, a.endpoint), \(Self.claimColumns)
            JOIN attempts a ON a.request_id = s.request_id
            WHERE a.run_id = ?1 AND a.ended_at IS NULL LIMIT 1
            """)
        try query.bind(1, run)
        defer { query.reset() }
        guard try query.step() else { return nil }
        var claim = try claim(query, from: 2)
        claim.attemptID = query.integer(0)
        return (claim, query.text(1))
    }

    private func endLost(_ attempt: Int64, _ bound: AttemptBound, now: Timestamp) throws {
        let update = try database.statement(
            """
            UPDATE attempts SET ended_at = ?2, outcome = 'unknown', possibly_billed = 1,
              error = 'the program ended before the answer was recorded', tokens_at_most = ?3, cost_at_most_picousd = ?4
            WHERE id = ?1
            """)
        try update.bind(1, attempt)
        try update.bind(2, now.milliseconds)
        try update.bind(3, bound.tokens)
        try update.bind(4, bound.cost?.picoDollars)
        try update.run()
    }
}

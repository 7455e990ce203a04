import SQLite

extension Queue {
    /// Ends the attempts that a sitting before left open because its process died: they may have been billed, and
    /// their requests are pending as before.
    ///
    /// - Parameter tariffs: of the endpoints, by which it is reckoned what they can have cost at most; none leaves that
    ///   unknown.
    /// - Returns: how many there were.
    package func endLostAttempts(run: Int64, tariffs: [Tariff] = [], now: Timestamp) throws -> Int {
        try database.transaction {
            var part = RunTotals()
            let ledger = try ledger(of: run)
            // One after the other: there are as many as were in flight and claimed, and bodies may be large.
            while let lost = try firstLostAttempt(run: run) {
                let bound = AttemptBound(lost.claim, dearestOf: tariffs)
                var record = AttemptRecord(
                    claim: lost.claim, sentAt: nil, endedAt: now, ending: .unknown, disposition: .released)
                record.possiblyBilled = true
                record.error = "the program ended before the answer was recorded"
                record.tokensAtMost = bound.tokens
                record.costAtMost = bound.cost
                try ledger.end([record], endpoint: lost.endpoint)
                var one = RunTotals()
                one.attempts = 1
                one.possiblyBilled = 1
                one.costUnknown = 1
                try add(one, to: run, endpoint: lost.endpoint)
                part.possible.add(tokens: bound.tokens, cost: bound.cost)
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
            SELECT c.id, c.claimed_at, c.endpoint, \(Self.claimColumns)
            JOIN claims c ON c.request_id = s.request_id
            WHERE c.run_id = ?1 LIMIT 1
            """)
        try query.bind(1, run)
        defer { query.reset() }
        guard try query.step() else { return nil }
        var words = ClaimWords()
        var claim = try claim(query, from: 3, &words)
        claim.attemptID = query.integer(0)
        claim.claimedAt = Timestamp(milliseconds: query.integer(1))
        return (claim, query.text(2))
    }
}

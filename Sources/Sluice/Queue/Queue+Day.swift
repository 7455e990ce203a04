import SQLite

/// What an endpoint was used for in half an hour.
package struct HalfHourUse: Sendable, Equatable {
    package var begin: Timestamp
    package var requests: Int
    package var tokens: Int
}

extension Queue {
    /// What was sent to an endpoint in the day before `now`, by any run of the queue: it counts for limits of the day. What
    /// was lost in a crash counts at its most, and for each endpoint that it may have gone to.
    ///
    /// Reads through the ledger: a second or two for some million attempts.
    package func useOfTheDay(endpoint: EndpointLabel, now: Timestamp) throws -> [HalfHourUse] {
        let query = try database.statement(
            """
            SELECT coalesce(sent_at, claimed_at) / 1800000, count(*),
              coalesce(sum(min(coalesce(total_tokens, tokens_at_most, 0), 1000000000000)), 0) FROM attempts
            WHERE claimed_at > ?1 AND outcome <> 'unsent' AND (sent_at IS NOT NULL OR possibly_billed)
              AND coalesce(endpoint_name, endpoint) IN (?2, '') GROUP BY 1 ORDER BY 1
            """)
        try query.bind(1, now.milliseconds - 86_400_000 - 1_800_000)
        try query.bind(2, endpoint.description)
        defer { query.reset() }
        var uses: [HalfHourUse] = []
        while try query.step() {
            uses.append(
                HalfHourUse(
                    begin: Timestamp(milliseconds: query.integer(0) * 1_800_000), requests: Int(query.integer(1)),
                    tokens: Int(query.integer(2))))
        }
        return uses
    }
}

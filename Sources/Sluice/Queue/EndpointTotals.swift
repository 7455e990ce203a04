import SQLite

/// What one endpoint has done for a run, over all its sittings.
package struct EndpointTotals: Sendable, Equatable {
    /// Its name, or the URL of one without; empty where it is not known who was asked.
    package var endpoint: String
    /// Of its classes, `ok` alone is kept: answers that settled a row as ok, also where it was put back later.
    package var counts = RunTotals()

    package init(endpoint: String, counts: RunTotals = RunTotals()) {
        self.endpoint = endpoint
        self.counts = counts
    }
}

extension Queue {
    /// In the order of their names.
    package func endpointTotals(run: Int64) throws -> [EndpointTotals] {
        let query = try database.statement(
            """
            SELECT endpoint, attempts, ok, throttles, possibly_billed, prompt_tokens, completion_tokens, total_tokens,
              cost_picousd, cost_unknown
            FROM endpoint_totals WHERE run_id = ?1 ORDER BY endpoint
            """)
        try query.bind(1, run)
        defer { query.reset() }
        var found: [EndpointTotals] = []
        while try query.step() {
            func count(_ column: Int32) -> Int { Int(query.integer(column)) }
            var totals = EndpointTotals(endpoint: query.text(0))
            totals.counts.attempts = count(1)
            if count(2) > 0 { totals.counts[.ok] = count(2) }
            totals.counts.throttles = count(3)
            totals.counts.possiblyBilled = count(4)
            totals.counts.promptTokens = count(5)
            totals.counts.completionTokens = count(6)
            totals.counts.totalTokens = count(7)
            totals.counts.cost = Money(picoDollars: query.integer(8))
            totals.counts.costUnknown = count(9)
            found.append(totals)
        }
        return found
    }

    /// Adds what one transaction brought, in the transaction itself.
    func add(_ part: RunTotals, to run: Int64, endpoint: String) throws {
        guard part.attempts > 0 else { return }
        let update = try database.statement(Self.addToEndpoint)
        try update.bind(1, run)
        try update.bind(2, endpoint)
        let counts = [
            part.attempts, part[.ok], part.throttles, part.possiblyBilled, part.promptTokens, part.completionTokens,
            part.totalTokens, Int(part.cost.picoDollars), part.costUnknown,
        ]
        for (index, count) in counts.enumerated() { try update.bind(Int32(index) + 3, count) }
        try update.run()
    }

    /// A sum of costs past the largest integer stays at it, as in `totals`.
    private static let addToEndpoint = """
        INSERT INTO endpoint_totals (run_id, endpoint, attempts, ok, throttles, possibly_billed, prompt_tokens,
          completion_tokens, total_tokens, cost_picousd, cost_unknown)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        ON CONFLICT (run_id, endpoint) DO UPDATE SET attempts = attempts + excluded.attempts, ok = ok + excluded.ok,
          throttles = throttles + excluded.throttles, possibly_billed = possibly_billed + excluded.possibly_billed,
          prompt_tokens = prompt_tokens + excluded.prompt_tokens,
          completion_tokens = completion_tokens + excluded.completion_tokens,
          total_tokens = total_tokens + excluded.total_tokens,
          cost_picousd = CAST(cost_picousd + excluded.cost_picousd AS INTEGER),
          cost_unknown = cost_unknown + excluded.cost_unknown
        """
}

import SQLite

/// Deletes a run's rows from every table, a few thousand a transaction, so that others can write in between and the
/// write-ahead log stays small.
///
/// What points goes before what it points at: results, then attempts, then the requests with all that is theirs. A
/// removal that was stopped is made again from its beginning, and finds what is left.
struct RowRemoval {
    enum Scope {
        /// All rows of a run.
        case all
        /// Rows that a plan has replaced or removed, up to that revision.
        case retired(upTo: Int64)
    }

    let database: Database
    let run: Int64
    let scope: Scope

    private static let rowsPerTransaction: Int64 = 5000

    /// Which rows of `states`, as `s`, are to go.
    private var condition: String {
        switch scope {
        case .all: "+s.run_id = ?1"
        case .retired(let revision): "+s.run_id = ?1 AND s.retired <= \(revision)"
        }
    }

    private func ofRequests(_ table: String, _ column: String) -> String {
        """
        DELETE FROM \(table) WHERE \(column) BETWEEN ?2 AND ?3
          AND EXISTS (SELECT 1 FROM states s WHERE s.request_id = \(table).\(column) AND \(condition))
        """
    }

    /// - Parameter checkpoint: called between transactions; it throws to stop.
    func removeAll(_ checkpoint: () throws -> Void) throws {
        let nextRequest = """
            SELECT s.request_id FROM states s WHERE s.request_id >= ?2 AND \(condition) ORDER BY s.request_id LIMIT 1
            """
        try inPieces(nextRequest, [ofRequests("results", "request_id")], checkpoint)
        try removeAttempts(checkpoint)
        try inPieces(
            nextRequest,
            ["inputs", "attachments", "amendments"].map { ofRequests($0, "request_id") }
                + [
                    ofRequests("requests", "id"),
                    "DELETE FROM states AS s WHERE s.request_id BETWEEN ?2 AND ?3 AND \(condition)",
                ], checkpoint)
    }

    private func removeAttempts(_ checkpoint: () throws -> Void) throws {
        let isOfRequests =
            switch scope {
            case .all: ""
            case .retired:
                "AND EXISTS (SELECT 1 FROM states s WHERE s.request_id = attempts.request_id AND \(condition))"
            }
        let isGoing = "id BETWEEN ?2 AND ?3 AND run_id = ?1 \(isOfRequests)"
        try inPieces(
            "SELECT id FROM attempts WHERE id >= ?2 AND run_id = ?1 \(isOfRequests) ORDER BY id LIMIT 1",
            notes(isGoing) + ["DELETE FROM attempts WHERE \(isGoing)"], last: Self.lowerFirstAttempts, checkpoint)
    }

    /// Where the run stays, what its ledger loses is noted, so that its books can still be closed.
    private func notes(_ isGoing: String) -> [String] {
        switch scope {
        case .all: []
        case .retired: [Self.noteDeleted(isGoing)]
        }
    }

    /// Adds up attempts of run ?1 that are about to leave its ledger.
    static func noteDeleted(_ condition: String) -> String {
        let columns = [
            "attempts", "possibly_billed", "retries", "retries_at_most", "throttles", "prompt_tokens",
            "completion_tokens", "cached_tokens", "reasoning_tokens", "total_tokens", "usage_absent", "cost_unknown",
            "cost_billions", "cost_rest", "bounded_tokens", "bounded_token_attempts", "bounded_cost_billions",
            "bounded_cost_rest", "bounded_cost_attempts",
        ]
        return """
            INSERT INTO deleted_attempts (run_id, \(columns.joined(separator: ", ")))
            SELECT ?1, \(Queue.ledgerColumns) FROM attempts WHERE \(condition) AND \(Queue.isCounted)
            ON CONFLICT (run_id) DO UPDATE SET \(columns.map { "\($0) = \($0) + excluded.\($0)" }.joined(separator: ", "))
            """
    }

    /// The next attempt takes the number after the last that is left: it may be less than what a run was told its own
    /// begin with.
    private static let lowerFirstAttempts = """
        UPDATE runs SET first_attempt = \(Queue.nextAttempt) WHERE first_attempt > \(Queue.nextAttempt)
        """

    /// - Parameters:
    ///   - next: finds the first row id from ?2 on that is to go.
    ///   - deletions: delete between the row ids ?2 and ?3.
    ///   - last: ends each transaction.
    private func inPieces(
        _ next: String, _ deletions: [String], last: String? = nil, _ checkpoint: () throws -> Void
    ) throws {
        var start: Int64 = 0
        while true {
            try checkpoint()
            let find = try database.statement(next)
            try find.bind(1, run)
            try find.bind(2, start)
            let first = try find.step() ? find.integer(0) : nil
            find.reset()
            guard let first else { return }
            let end = first + Self.rowsPerTransaction - 1
            try database.transaction {
                for sql in deletions {
                    let delete = try database.statement(sql)
                    try delete.bind(1, run)
                    try delete.bind(2, first)
                    try delete.bind(3, end)
                    try delete.run()
                }
                if let last { try database.execute(last) }
            }
            start = end + 1
        }
    }
}

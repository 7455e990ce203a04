import SQLite

extension Queue {
    /// Calls `row` for each request of the plan in force, in input order, all seen at one moment.
    ///
    /// - Parameters:
    ///   - input: bring the row's own columns, which throws where the run did not keep them.
    ///   - request: bring the body that was sent.
    ///   - requestID: bring the provider's id of the request.
    package func forEachResult(
        of run: RunRecord, input: Bool, request: Bool, requestID: Bool = true, _ row: (ResultRow) throws -> Void
    ) throws {
        guard run.revision > 0 else { throw QueueError.notPlanned(run: run.id) }
        try database.readTransaction {
            // The plan may have been replaced since the run was looked up.
            guard let run = try self.run(id: run.id) else { return }
            let query = try database.statement(
                Self.resultsQuery(input: input, request: request, requestID: requestID))
            try query.bind(1, run.id)
            try query.bind(2, run.revision)
            defer { query.reset() }
            var reader = ResultRowReader(input: input, request: request, requestID: requestID)
            while try query.step() {
                if input, query.isNull(20) { throw QueueError.inputNotKept(run: run.id) }
                let read = reader.read(query)
                try row(read)
                reader.takeBack(read)
            }
        }
    }

    /// The column that stands last in a table comes first of its columns: SQLite then reads where the columns of a record
    /// lie in one go.
    private static func resultsQuery(input: Bool, request: Bool, requestID: Bool) -> String {
        """
        SELECT r.custom_id, r.url, s.class, s.grown + s.invalids + s.attempts, x.attempt_id, x.answer,
          a.tokens_per_second, a.error_code, a.error,
          \(requestID ? "a.provider_request_id" : "NULL"), a.finish_reason, a.model, a.latency_ms, a.prompt_tokens,
          a.completion_tokens, a.total_tokens, a.cached_tokens, a.reasoning_tokens, a.cost_picousd,
          \(request ? "r.body" : "NULL"), \(input ? "i.columns" : "NULL"), a.first_token_ms, a.status
        FROM states s JOIN requests r ON r.id = s.request_id
        LEFT JOIN results x ON x.request_id = s.request_id
        LEFT JOIN attempts a ON a.id = x.attempt_id
        \(input ? "LEFT JOIN inputs i ON i.request_id = s.request_id" : "")
        WHERE s.run_id = ?1 AND r.revision <= ?2 AND (s.retired IS NULL OR s.retired > ?2)
        ORDER BY s.seq
        """
    }
}

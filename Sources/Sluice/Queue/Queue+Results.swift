import SQLite

extension Queue {
    /// Calls `row` for each request of the plan in force, in input order, all seen at one moment.
    ///
    /// - Parameters:
    ///   - input: bring the row's own columns, which throws where the run did not keep them.
    ///   - request: bring the body that was sent.
    package func forEachResult(
        of run: RunRecord, input: Bool, request: Bool, _ row: (ResultRow) throws -> Void
    ) throws {
        guard run.revision > 0 else { throw QueueError.notPlanned(run: run.id) }
        try database.readTransaction {
            // The plan may have been replaced since the run was looked up.
            guard let run = try self.run(id: run.id) else { return }
            let query = try database.statement(Self.resultsQuery(input: input, request: request))
            try query.bind(1, run.id)
            try query.bind(2, run.revision)
            defer { query.reset() }
            while try query.step() {
                if input, query.isNull(20) { throw QueueError.inputNotKept(run: run.id) }
                try row(Self.resultRow(query))
            }
        }
    }

    private static func resultsQuery(input: Bool, request: Bool) -> String {
        """
        SELECT r.custom_id, r.url, s.class, s.attempts + s.invalids + s.grown, x.attempt_id, x.answer, a.status, a.error_code, a.error,
          a.provider_request_id, a.finish_reason, a.model, a.latency_ms, a.prompt_tokens, a.completion_tokens,
          a.total_tokens, a.cached_tokens, a.reasoning_tokens, a.cost_picousd, \(request ? "r.body" : "NULL"),
          \(input ? "i.columns" : "NULL"), a.first_token_ms, a.tokens_per_second
        FROM states s JOIN requests r ON r.id = s.request_id
        LEFT JOIN results x ON x.request_id = s.request_id
        LEFT JOIN attempts a ON a.id = x.attempt_id
        \(input ? "LEFT JOIN inputs i ON i.request_id = s.request_id" : "")
        WHERE s.run_id = ?1 AND r.revision <= ?2 AND (s.retired IS NULL OR s.retired > ?2)
        ORDER BY s.seq
        """
    }

    static func resultRow(_ row: Statement) -> ResultRow {
        func bytes(_ column: Int32) -> [UInt8]? { row.isNull(column) ? nil : row.bytes(column) }
        func count(_ column: Int32) -> Int? { row.optionalInteger(column).map(Int.init) }
        let usage = Usage(
            promptTokens: count(13), completionTokens: count(14), totalTokens: count(15), cachedTokens: count(16),
            reasoningTokens: count(17))
        return ResultRow(
            customID: row.text(0), url: row.text(1),
            resultClass: row.optionalText(2).flatMap(ResultClass.init(rawValue:)) ?? .unsent,
            attempts: Int(row.integer(3)), attemptID: row.optionalInteger(4), answer: bytes(5), status: count(6),
            errorCode: row.optionalText(7), error: row.optionalText(8), providerRequestID: row.optionalText(9),
            finishReason: row.optionalText(10), model: row.optionalText(11),
            latencyMilliseconds: row.optionalInteger(12), firstTokenMilliseconds: row.optionalInteger(21),
            tokensPerSecond: row.isNull(22) ? nil : row.double(22),
            usage: usage == Usage() ? nil : usage, cost: row.optionalInteger(18).map(Money.init(picoDollars:)),
            input: bytes(20), request: bytes(19))
    }
}

import JSON
import SQLite

/// What each attempt's ending takes, looked up once for all that are recorded together.
struct LedgerStatements {
    private let insert: Statement
    private let forget: Statement
    private let state: Statement
    private let result: Statement

    init(_ database: Database, run: Int64) throws {
        insert = try database.statement(Self.insertAttempt)
        forget = try database.statement("DELETE FROM claims WHERE id = ?1")
        state = try database.statement(
            "UPDATE states SET class = ?2, settled_at = ?3, attempts = attempts + 1 WHERE request_id = ?1")
        result = try database.statement(
            "INSERT OR REPLACE INTO results (request_id, attempt_id, answer) VALUES (?1, ?2, ?3)")
        try insert.bind(3, run)
    }

    private static let insertAttempt = """
        INSERT INTO attempts (id, request_id, run_id, endpoint, claimed_at, sent_at, ended_at, outcome, possibly_billed,
          status, error_code, error, provider_request_id, finish_reason, model, latency_ms, first_byte_ms, prompt_tokens,
          completion_tokens, cached_tokens, reasoning_tokens, total_tokens, cost_picousd, first_token_ms,
          tokens_per_second, output_limit, cache_write_tokens, service_tier, endpoint_name, asked_model, tokens_at_most,
          cost_at_most_picousd, answer)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23,
          ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33)
        """

    /// Moves an attempt from what is in flight to the ledger.
    ///
    /// - Parameter endpoint: whom it was sent to, where the record does not say.
    func end(_ record: AttemptRecord, endpoint: String) throws {
        try forget.bind(1, record.attemptID)
        try forget.run()
        try insert.bind(1, record.attemptID)
        try insert.bind(2, record.requestID)
        try insert.bind(4, record.endpoint?.url ?? endpoint)
        try insert.bind(5, record.claimedAt.milliseconds)
        try insert.bind(6, record.sentAt?.milliseconds)
        try insert.bind(7, record.endedAt.milliseconds)
        try insert.bind(8, record.ending.rawValue)
        try insert.bind(9, record.possiblyBilled ? 1 : 0)
        try insert.bind(10, record.status)
        try insert.bind(11, record.errorCode)
        try insert.bind(12, record.error)
        try insert.bind(13, record.providerRequestID)
        try insert.bind(14, record.finishReason)
        try insert.bind(15, record.model)
        try insert.bind(16, record.sentAt.map { (record.endedAt - $0).milliseconds })
        try insert.bind(17, record.firstByte?.milliseconds)
        try insert.bind(18, record.usage?.promptTokens)
        try insert.bind(19, record.usage?.completionTokens)
        try insert.bind(20, record.usage?.cachedTokens)
        try insert.bind(21, record.usage?.reasoningTokens)
        try insert.bind(22, record.usage?.totalTokens)
        try insert.bind(23, record.cost?.picoDollars)
        try insert.bind(24, record.firstToken?.milliseconds)
        try insert.bind(25, record.tokensPerSecond)
        try insert.bind(26, record.outputLimit)
        try insert.bind(27, record.usage?.cacheWriteTokens)
        try insert.bind(28, record.serviceTier)
        try insert.bind(29, record.endpoint?.name)
        try insert.bind(30, record.askedModel)
        try insert.bind(31, record.tokensAtMost)
        try insert.bind(32, record.costAtMost?.picoDollars)
        try run(insert, with: record.keptAnswer, at: 33)
    }

    func settle(_ record: AttemptRecord, _ resultClass: ResultClass, _ answer: [UInt8]?) throws {
        try state.bind(1, record.requestID)
        try state.bind(2, resultClass.rawValue)
        try state.bind(3, record.endedAt.milliseconds)
        try state.run()
        try result.bind(1, record.requestID)
        try result.bind(2, record.attemptID)
        try run(result, with: answer, at: 3)
    }

    private func run(_ statement: Statement, with answer: [UInt8]?, at index: Int32) throws {
        guard let answer else {
            try statement.bindNull(index)
            return try statement.run()
        }
        // As text where it is text, so that SQLite's JSON functions can read it.
        try statement.withBorrowed(index, answer, asText: JSONText.isValidUTF8(answer)) { try statement.run() }
    }
}

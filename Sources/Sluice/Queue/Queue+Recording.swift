import JSON
import SQLite

extension Queue {
    func record(_ record: AttemptRecord, into part: inout RunTotals) throws {
        try end(record)
        record.count(into: &part)
        switch record.disposition {
        case .settled(let resultClass, let answer):
            try settle(record, resultClass, answer)
        case .again(let notBefore):
            try wait(record, notBefore)
            if let amendment = record.amendment { try amend(record.requestID, amendment) }
        case .released:
            break
        }
    }

    private func wait(_ record: AttemptRecord, _ notBefore: Timestamp) throws {
        // Each bound has a count of its own; a request that never left, or met a stopped endpoint, is as it was.
        let counter: String? =
            switch record.ending {
            case .throttled: "throttles"
            case .invalid: "invalids"
            case .truncated: "grown"
            case .unsent, .stopped: nil
            case .ok, .refused, .filtered, .failed, .retried, .unknown: "attempts"
            }
        let count = counter.map { ", \($0) = \($0) + 1" } ?? ""
        let wait = try database.statement("UPDATE states SET not_before = ?2\(count) WHERE request_id = ?1")
        try wait.bind(1, record.requestID)
        try wait.bind(2, notBefore.milliseconds)
        try wait.run()
    }

    private func amend(_ request: Int64, _ amendment: Amendment) throws {
        let keep = try database.statement(
            "INSERT OR REPLACE INTO amendments (request_id, output_limit, turns) VALUES (?1, ?2, ?3)")
        try keep.bind(1, request)
        try keep.bind(2, amendment.outputLimit)
        if let turns = amendment.turns {
            try keep.withBorrowed(3, turns, asText: true) { try keep.run() }
        } else {
            try keep.bindNull(3)
            try keep.run()
        }
    }

    private func settle(_ record: AttemptRecord, _ resultClass: ResultClass, _ answer: [UInt8]?) throws {
        let state = try database.statement(
            """
            UPDATE states SET class = ?2, settled_at = ?3, not_before = NULL, attempts = attempts + 1
            WHERE request_id = ?1
            """)
        try state.bind(1, record.requestID)
        try state.bind(2, resultClass.rawValue)
        try state.bind(3, record.endedAt.milliseconds)
        try state.run()
        let result = try database.statement(
            "INSERT OR REPLACE INTO results (request_id, attempt_id, answer) VALUES (?1, ?2, ?3)")
        try result.bind(1, record.requestID)
        try result.bind(2, record.attemptID)
        if let answer {
            // As text where it is text, so that SQLite's JSON functions can read it.
            try result.withBorrowed(3, answer, asText: JSONText.isValidUTF8(answer)) { try result.run() }
        } else {
            try result.bindNull(3)
            try result.run()
        }
    }

    private func end(_ record: AttemptRecord) throws {
        let update = try database.statement(
            """
            UPDATE attempts SET sent_at = ?2, ended_at = ?3, outcome = ?4, possibly_billed = ?5, status = ?6,
              error_code = ?7, error = ?8, provider_request_id = ?9, finish_reason = ?10, model = ?11,
              latency_ms = ?12, first_byte_ms = ?13, prompt_tokens = ?14, completion_tokens = ?15,
              cached_tokens = ?16, reasoning_tokens = ?17, total_tokens = ?18, cost_picousd = ?19,
              first_token_ms = ?20, tokens_per_second = ?21, output_limit = ?22, cache_write_tokens = ?23,
              service_tier = ?24, endpoint = coalesce(?25, endpoint), endpoint_name = ?26, asked_model = ?27,
              tokens_at_most = ?28, cost_at_most_picousd = ?29
            WHERE id = ?1
            """)
        try update.bind(1, record.attemptID)
        try update.bind(2, record.sentAt?.milliseconds)
        try update.bind(3, record.endedAt.milliseconds)
        try update.bind(4, record.ending.rawValue)
        try update.bind(5, record.possiblyBilled ? 1 : 0)
        try update.bind(6, record.status)
        try update.bind(7, record.errorCode)
        try update.bind(8, record.error)
        try update.bind(9, record.providerRequestID)
        try update.bind(10, record.finishReason)
        try update.bind(11, record.model)
        try update.bind(12, record.sentAt.map { (record.endedAt - $0).milliseconds })
        try update.bind(13, record.firstByte?.milliseconds)
        try update.bind(14, record.usage?.promptTokens)
        try update.bind(15, record.usage?.completionTokens)
        try update.bind(16, record.usage?.cachedTokens)
        try update.bind(17, record.usage?.reasoningTokens)
        try update.bind(18, record.usage?.totalTokens)
        try update.bind(19, record.cost?.picoDollars)
        try update.bind(20, record.firstToken?.milliseconds)
        try update.bind(21, record.tokensPerSecond)
        try update.bind(22, record.outputLimit)
        try update.bind(23, record.usage?.cacheWriteTokens)
        try update.bind(24, record.serviceTier)
        try update.bind(25, record.endpoint?.url)
        try update.bind(26, record.endpoint?.name)
        try update.bind(27, record.askedModel)
        try update.bind(28, record.bound?.tokens)
        try update.bind(29, record.bound?.cost?.picoDollars)
        try update.run()
        if let answer = record.keptAnswer { try keep(answer, of: record.attemptID) }
    }

    private func keep(_ answer: [UInt8], of attempt: Int64) throws {
        let update = try database.statement("UPDATE attempts SET answer = ?2 WHERE id = ?1")
        try update.bind(1, attempt)
        try update.withBorrowed(2, answer, asText: JSONText.isValidUTF8(answer)) { try update.run() }
    }
}

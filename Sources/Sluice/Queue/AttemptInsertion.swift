import JSON
import SQLite

/// Writes attempts to the ledger, several by one statement.
struct AttemptInsertion {
    /// By the sizes of `RowGroups`.
    private var statements: [RepeatedBindings]

    /// In the table's order, which saves SQLite a copy of each value; nobody else has paid for what is written here, so that
    /// `paid_by` is never bound.
    private static let columns = [
        "id", "request_id", "run_id", "endpoint", "claimed_at", "sent_at", "ended_at", "outcome", "possibly_billed",
        "status", "error_code", "error", "provider_request_id", "finish_reason", "model", "latency_ms", "first_byte_ms",
        "prompt_tokens", "completion_tokens", "cached_tokens", "reasoning_tokens", "total_tokens", "cost_picousd",
        "first_token_ms", "tokens_per_second", "cache_write_tokens", "service_tier", "output_limit", "answer",
        "paid_by",
        "tokens_at_most", "cost_at_most_picousd", "endpoint_name", "asked_model",
    ]
    private static let answer: Int32 = 29

    init(_ database: Database, run: Int64) throws {
        let head = "INSERT OR FAIL INTO attempts (\(Self.columns.joined(separator: ", "))) VALUES "
        statements = try RowGroups.sizes.map { rows in
            let sql = head + RowGroups.values(rows: rows, columns: Self.columns.count)
            var insert = RepeatedBindings(
                try database.ownStatement(sql), rows: rows, parametersPerRow: Self.columns.count)
            for row in 0..<rows {
                insert.begin(row: row)
                try insert.bind(3, run)
            }
            return insert
        }
    }

    /// - Parameters:
    ///   - order: places in `records`.
    ///   - endpoint: whom they were sent to, where a record does not say.
    mutating func write(_ records: [AttemptRecord], in order: [Int], endpoint: String) throws {
        try RowGroups.each(of: order.count) { size, places in
            for (row, index) in order[places].enumerated() {
                statements[size].begin(row: row)
                try Self.bind(records, index, endpoint: endpoint, to: &statements[size])
            }
            var answers: [Statement.Lent] = []
            for (row, index) in order[places].enumerated() {
                guard let kept = records[index].keptAnswer else { continue }
                statements[size].begin(row: row)
                answers.append(.init(answer: kept, at: statements[size].parameter(Self.answer)))
            }
            let statement = statements[size].statement
            try statement.withBorrowed(answers) { try statement.run() }
        }
    }

    /// Field by field out of the array: a record taken out of it whole is a copy, with a count for each of its strings.
    private static func bind(
        _ all: [AttemptRecord], _ index: Int, endpoint: String, to insert: inout RepeatedBindings
    ) throws {
        try insert.bind(1, all[index].attemptID)
        try insert.bind(2, all[index].requestID)
        try insert.bind(4, all[index].endpoint?.url ?? endpoint)
        try insert.bind(5, all[index].claimedAt.milliseconds)
        try insert.bind(6, all[index].sentAt?.milliseconds)
        try insert.bind(7, all[index].endedAt.milliseconds)
        try insert.bind(8, all[index].ending.rawValue)
        try insert.bind(9, all[index].possiblyBilled ? 1 : 0)
        try insert.bind(10, all[index].status)
        try insert.bind(11, all[index].errorCode)
        try insert.bind(12, all[index].error)
        try insert.bind(13, all[index].providerRequestID)
        try insert.bind(14, all[index].finishReason)
        try insert.bind(15, all[index].model)
        try insert.bind(16, all[index].latencyMilliseconds)
        try insert.bind(17, all[index].firstByte?.milliseconds)
        try insert.bind(18, all[index].usage?.promptTokens)
        try insert.bind(19, all[index].usage?.completionTokens)
        try insert.bind(20, all[index].usage?.cachedTokens)
        try insert.bind(21, all[index].usage?.reasoningTokens)
        try insert.bind(22, all[index].usage?.totalTokens)
        try insert.bind(23, all[index].cost?.picoDollars)
        try insert.bind(24, all[index].firstToken?.milliseconds)
        try insert.bind(25, all[index].tokensPerSecond)
        try insert.bind(26, all[index].usage?.cacheWriteTokens)
        try insert.bind(27, all[index].serviceTier)
        try insert.bind(28, all[index].outputLimit)
        try insert.bind(31, all[index].tokensAtMost)
        try insert.bind(32, all[index].costAtMost?.picoDollars)
        try insert.bind(33, all[index].endpoint?.name)
        try insert.bind(34, all[index].askedModel)
    }
}

extension Statement.Lent {
    /// As text where it is text, so that SQLite's JSON functions can read it.
    init(answer: [UInt8], at index: Int32) {
        self.init(index, answer, asText: JSONText.isValidUTF8(answer))
    }
}

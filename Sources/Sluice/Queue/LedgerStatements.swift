import JSON
import SQLite

/// Moves attempts from what is in flight to the ledger. Kept from one visit to the next with its statements, whose bindings
/// nobody else changes.
final class LedgerStatements {
    let run: Int64
    private var insert: RepeatedBindings
    private let forget: Statement
    private let state: Statement
    private let result: Statement

    init(_ database: Database, run: Int64) throws {
        self.run = run
        insert = RepeatedBindings(try database.ownStatement(Self.insertAttempt), parameters: 33)
        forget = try database.statement("DELETE FROM claims WHERE id BETWEEN ?1 AND ?2")
        // FAIL, as a fault takes back the whole visit anyway: to take back one statement of many rows, SQLite would copy the
        // pages that it changes.
        state = try database.statement(
            """
            UPDATE OR FAIL states SET class = ?3, settled_at = ?4, attempts = attempts + 1
            WHERE request_id BETWEEN ?1 AND ?2
            """)
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

    /// Ends the attempts, and settles the requests that are settled by them.
    ///
    /// In the order in which they were claimed, which is that of the tables: rows are appended, and neighbours are forgotten
    /// and settled together.
    ///
    /// - Parameter endpoint: whom they were sent to, where a record does not say.
    func end(_ records: [AttemptRecord], endpoint: String) throws {
        let order = records.indices.sorted { records[$0].attemptID < records[$1].attemptID }
        var ended = Neighbours()
        for index in order {
            if let range = ended.add(records[index].attemptID) { try forget(range) }
        }
        if let range = ended.end() { try forget(range) }
        for index in order { try Self.write(records[index], endpoint: endpoint, by: &insert) }
        try settle(records, order)
    }

    private func forget(_ attempts: ClosedRange<Int64>) throws {
        try forget.bind(1, attempts.lowerBound)
        try forget.bind(2, attempts.upperBound)
        try forget.run()
    }

    private static func write(
        _ record: AttemptRecord, endpoint: String, by insert: inout RepeatedBindings
    ) throws {
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
        try run(insert.statement, with: record.keptAnswer, at: 33)
    }

    // MARK: Settling

    private struct Settlement: Equatable {
        var resultClass: ResultClass
        var at: Int64
    }

    private func settle(_ records: [AttemptRecord], _ order: [Int]) throws {
        var settled = Neighbours()
        var common: Settlement?
        for index in order {
            guard case .settled(let resultClass, let answer) = records[index].disposition else { continue }
            let settlement = Settlement(resultClass: resultClass, at: records[index].endedAt.milliseconds)
            if let before = common, before != settlement, let range = settled.end() { try settle(range, before) }
            if let range = settled.add(records[index].requestID), let before = common { try settle(range, before) }
            common = settlement
            try result.bind(1, records[index].requestID)
            try result.bind(2, records[index].attemptID)
            try Self.run(result, with: answer, at: 3)
        }
        if let range = settled.end(), let common { try settle(range, common) }
    }

    private func settle(_ requests: ClosedRange<Int64>, _ settlement: Settlement) throws {
        try state.bind(1, requests.lowerBound)
        try state.bind(2, requests.upperBound)
        try state.bind(3, settlement.resultClass.rawValue)
        try state.bind(4, settlement.at)
        try state.run()
    }

    private static func run(_ statement: Statement, with answer: [UInt8]?, at index: Int32) throws {
        guard let answer else {
            try statement.bindNull(index)
            return try statement.run()
        }
        // As text where it is text, so that SQLite's JSON functions can read it.
        try statement.withBorrowed(index, answer, asText: JSONText.isValidUTF8(answer)) { try statement.run() }
    }
}

/// Gathers ascending numbers into ranges that have no gaps.
struct Neighbours {
    private var range: ClosedRange<Int64>?

    /// - Returns: the range before, where the number does not follow it at once.
    mutating func add(_ number: Int64) -> ClosedRange<Int64>? {
        if let range, number == range.upperBound + 1 {
            self.range = range.lowerBound...number
            return nil
        }
        let before = range
        range = number...number
        return before
    }

    mutating func end() -> ClosedRange<Int64>? {
        defer { range = nil }
        return range
    }
}

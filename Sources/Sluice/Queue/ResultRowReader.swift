import SQLite

/// Reads the rows of a query for results, one after the other. The query may have more columns behind these.
struct ResultRowReader {
    private var urls = LastText()
    private var finishReasons = LastText()
    private var models = LastText()
    private var classes = LastName<ResultClass>()
    /// Memory for the next answer; what an uncommonly large one needed is given back.
    private var spare: [UInt8] = []
    private static let kept = 64 << 10
    private let input: Bool
    private let request: Bool
    private let requestID: Bool

    /// With what the query brings; the columns of what it does not are not looked at.
    init(input: Bool = true, request: Bool = true, requestID: Bool = true) {
        self.input = input
        self.request = request
        self.requestID = requestID
    }

    mutating func read(_ row: Statement) -> ResultRow {
        // Of a row that nothing has settled there is nothing to read but what was planned.
        guard let attempt = row.optionalInteger(4) else {
            return ResultRow(
                customID: row.text(0), url: urls.read(row, 1) ?? "", resultClass: classes.read(row, 2) ?? .unsent,
                attempts: Int(row.integer(3)), input: input ? row.optionalBytes(20) : nil,
                request: request ? row.optionalBytes(19) : nil)
        }
        func count(_ column: Int32) -> Int? { row.optionalInteger(column).map(Int.init) }
        let usage = Usage(
            promptTokens: count(13), completionTokens: count(14), totalTokens: count(15), cachedTokens: count(16),
            reasoningTokens: count(17))
        return ResultRow(
            customID: row.text(0), url: urls.read(row, 1) ?? "", resultClass: classes.read(row, 2) ?? .unsent,
            attempts: Int(row.integer(3)), attemptID: attempt, answer: readAnswer(row), status: count(22),
            errorCode: row.optionalText(7), error: row.optionalText(8),
            providerRequestID: requestID ? row.optionalText(9) : nil,
            finishReason: finishReasons.read(row, 10), model: models.read(row, 11),
            latencyMilliseconds: row.optionalInteger(12), firstTokenMilliseconds: row.optionalInteger(21),
            tokensPerSecond: row.isNull(6) ? nil : row.double(6),
            usage: usage == Usage() ? nil : usage, cost: row.optionalInteger(18).map(Money.init(picoDollars:)),
            input: input ? row.optionalBytes(20) : nil, request: request ? row.optionalBytes(19) : nil)
    }

    /// Takes the memory of a row's answer for the next one; where somebody has kept the row, the next takes its own.
    mutating func takeBack(_ row: consuming ResultRow) {
        if let answer = row.answer, answer.capacity <= Self.kept { spare = answer }
    }

    private mutating func readAnswer(_ row: Statement) -> [UInt8]? {
        var answer: [UInt8] = []
        swap(&answer, &spare)
        answer.removeAll(keepingCapacity: true)
        guard row.appendBytes(5, to: &answer) else {
            spare = answer
            return nil
        }
        return answer
    }
}

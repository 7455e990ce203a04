import JSON

/// Writes results in one format.
protocol ResultWriter {
    /// Appends what comes before the first row; nothing where the format has none.
    func appendHeader(to target: inout TextBuffer)

    /// Appends the row as one record with its line end.
    mutating func append(_ row: ResultRow, to target: inout TextBuffer)
}

/// A line per row: `{"custom_id":…,"class":…,"text":…,…}`; see the README for the members.
struct JSONLinesWriter: ResultWriter {
    let parts: Set<OutputSettings.Part>
    private let reader = AnswerReader()
    private let parser = JSONParser()
    private var kind = AnswerKind.other
    /// What `kind` is of.
    private var url = ""

    init(parts: Set<OutputSettings.Part>) { self.parts = parts }

    func appendHeader(to target: inout TextBuffer) {}

    mutating func append(_ row: ResultRow, to target: inout TextBuffer) {
        JSONObject.append(to: &target) { add(row, to: &$0) }
        target.append(0x0A)
    }

    private mutating func add(_ row: ResultRow, to line: inout JSONObject) {
        line.add("custom_id", row.customID)
        line.add("class", row.resultClass.rawValue)
        line.add("text", written: { addText(of: row, to: &$0) })
        line.add("finish_reason", row.finishReason)
        line.add("model", row.model)
        if let usage = row.usage { line.add("usage") { $0.add(usage) } } else { line.addNull("usage") }
        line.add("cost_usd", row.cost)
        line.add("attempts", row.attempts)
        line.add("latency_ms", row.latencyMilliseconds)
        if let first = row.firstTokenMilliseconds {
            line.add("first_token_ms", first)
            line.add("tokens_per_second", decimal: row.tokensPerSecond)
        }
        if row.hasError {
            line.add("error") {
                $0.add("code", row.errorCode)
                $0.add("message", row.error)
                $0.add("status", row.status)
            }
        } else {
            line.addNull("error")
        }
        if parts.contains(.input) { line.add("input", json: row.input ?? Array("null".utf8)) }
        if parts.contains(.request) { line.add("request", json: row.request ?? Array("null".utf8)) }
        if parts.contains(.answer) { line.addAnswer("answer", row.answer, parser) }
    }

    private mutating func addText(of row: ResultRow, to line: inout TextBuffer) -> Bool {
        guard row.resultClass.hasText, let answer = row.answer else { return false }
        // Rows of one path follow on one another.
        if row.url != url {
            url = row.url
            kind = AnswerKind(url: url)
        }
        return reader.appendTextAsJSON(of: answer, kind, to: &line)
    }
}

/// OpenAI's batch output: `{"id":…,"custom_id":…,"response":{…},"error":null}`.
struct BatchWriter: ResultWriter {
    let run: Int64
    private let reader = AnswerReader()
    private let parser = JSONParser()

    init(run: Int64) { self.run = run }

    func appendHeader(to target: inout TextBuffer) {}

    func append(_ row: ResultRow, to target: inout TextBuffer) {
        JSONObject.append(to: &target) { add(row, to: &$0) }
        target.append(0x0A)
    }

    private func add(_ row: ResultRow, to line: inout JSONObject) {
        line.add("id", "batch_req_\(run)_\(row.attemptID ?? 0)")
        line.add("custom_id", row.customID)
        if let status = row.status {
            line.add("response") {
                $0.add("status_code", status)
                $0.add("request_id", row.providerRequestID ?? "")
                $0.addAnswer("body", row.answer, parser)
            }
        } else {
            line.addNull("response")
        }
        if let error = row.batchError {
            line.add("error") {
                $0.add("code", error.code)
                $0.add("message", error.message)
            }
        } else {
            line.addNull("error")
        }
    }
}

extension ResultRow {
    /// The text of the answer; nil where the row has none.
    func text(_ reader: AnswerReader) -> [UInt8]? {
        guard resultClass.hasText, let answer else { return nil }
        var text: [UInt8] = []
        return reader.appendText(of: answer, url: url, to: &text) ? text : nil
    }

    var hasError: Bool { errorCode != nil || error != nil }

    /// In a batch file a row that the endpoint answered with a status has its error, if any, in the response's body.
    fileprivate var batchError: (code: String, message: String)? {
        switch resultClass {
        case .unsent: ("unsent", "the request has not been answered yet")
        case .failed where status.map { (200..<300).contains($0) } ?? true:
            (errorCode ?? "failed", error ?? "every attempt failed")
        default: nil
        }
    }

    /// Whether a batch's output file holds the row; its error file holds the others.
    var isBatchSuccess: Bool { resultClass.hasText }
}

extension ResultClass {
    /// Whether a row of this class may have an answer's text.
    fileprivate var hasText: Bool {
        switch self {
        case .ok, .truncated, .refused, .filtered, .invalid: true
        case .failed, .skipped, .unsent: false
        }
    }
}

extension JSONObject {
    fileprivate mutating func add(_ usage: Usage) {
        add("prompt_tokens", usage.promptTokens)
        add("completion_tokens", usage.completionTokens)
        add("total_tokens", usage.totalTokens)
        add("cached_tokens", usage.cachedTokens)
        add("reasoning_tokens", usage.reasoningTokens)
    }

    /// A body as received: as it is where it is JSON, else as a string.
    fileprivate mutating func addAnswer(_ key: StaticString, _ answer: [UInt8]?, _ parser: JSONParser) {
        guard let answer else { return addNull(key) }
        if let value = try? parser.parse(answer) {
            value.withRawBytes { add(key, json: $0) }
        } else {
            add(key, String(decoding: answer, as: UTF8.self))
        }
    }
}

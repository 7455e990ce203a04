import JSON

/// RFC 4180 with a header row and LF line ends; a field is quoted where it has to be.
struct CSVWriter: ResultWriter {
    /// The input's columns, written first; a name that the results use too gets `input.` before it.
    private let inputColumns: [String]
    private let parts: Set<OutputSettings.Part>
    private let reader = AnswerReader()
    private let parser = JSONParser()

    static let columns = [
        "custom_id", "class", "text", "finish_reason", "model", "prompt_tokens", "completion_tokens", "total_tokens",
        "cached_tokens", "reasoning_tokens", "cost_usd", "attempts", "latency_ms", "first_token_ms",
        "tokens_per_second",
        "error_code", "error",
    ]

    init(parts: Set<OutputSettings.Part>, inputColumns: [String]) {
        self.parts = parts
        self.inputColumns = inputColumns
    }

    func appendHeader(to target: inout TextBuffer) {
        var line = CSVLine(taking: target)
        let taken = Self.columns + OutputSettings.Part.allCases.map(\.rawValue)
        for column in inputColumns { line.add(taken.contains(column) ? "input.\(column)" : column) }
        for column in Self.columns { line.add(column) }
        if parts.contains(.request) { line.add("request") }
        if parts.contains(.answer) { line.add("answer") }
        target = line.ended()
    }

    func append(_ row: ResultRow, to target: inout TextBuffer) {
        var line = CSVLine(taking: target)
        if !inputColumns.isEmpty { addInput(row.input, to: &line) }
        line.add(row.customID)
        line.add(row.resultClass.rawValue)
        line.add(utf8: row.text(reader))
        line.add(row.finishReason)
        line.add(row.model)
        for count in [
            row.usage?.promptTokens, row.usage?.completionTokens, row.usage?.totalTokens, row.usage?.cachedTokens,
            row.usage?.reasoningTokens,
        ] { line.add(count.map(String.init)) }
        line.add(row.cost?.description)
        line.add(String(row.attempts))
        line.add(row.latencyMilliseconds.map { String($0) })
        line.add(row.firstTokenMilliseconds.map { String($0) })
        line.add(row.tokensPerSecond.map { String(($0 * 1000).rounded() / 1000) })
        line.add(row.errorCode)
        line.add(row.error)
        if parts.contains(.request) { line.add(utf8: row.request) }
        if parts.contains(.answer) { line.add(utf8: row.answer) }
        target = line.ended()
    }

    private func addInput(_ input: [UInt8]?, to line: inout CSVLine) {
        let object = input.flatMap { try? parser.parse($0) }
        for column in inputColumns {
            guard let value = object?[column], !value.isNull else {
                line.add(nil)
                continue
            }
            var bytes: [UInt8] = []
            if !value.appendString(to: &bytes) { bytes = value.rawBytes }
            line.add(utf8: bytes)
        }
    }
}

/// One line of a CSV file, behind what a buffer holds already.
private struct CSVLine: ~Copyable {
    private var text: TextBuffer
    private var isFirst = true

    init(taking text: consuming TextBuffer) { self.text = text }

    mutating func add(_ field: String?) {
        guard var field else { return add(UnsafeRawBufferPointer(start: nil, count: 0)) }
        field.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    mutating func add(utf8 field: [UInt8]?) { (field ?? []).withUnsafeBytes { add($0) } }

    private mutating func add(_ field: UnsafeRawBufferPointer) {
        if !isFirst { text.append(UInt8(ascii: ",")) }
        isFirst = false
        guard let first = field.first, let last = field.last else { return }
        let needsQuotes =
            first == 0x20 || last == 0x20
            || field.contains { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: ",") || $0 == 0x0A || $0 == 0x0D }
        guard needsQuotes else { return text.append(field) }
        text.append(UInt8(ascii: "\""))
        for byte in field {
            if byte == UInt8(ascii: "\"") { text.append(byte) }
            text.append(byte)
        }
        text.append(UInt8(ascii: "\""))
    }

    /// The buffer with the line ended.
    consuming func ended() -> TextBuffer {
        text.append(0x0A)
        return text
    }
}

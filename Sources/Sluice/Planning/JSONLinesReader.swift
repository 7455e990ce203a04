import JSON

/// Reads one JSON object a line. Blank lines are skipped and counted; a bad line is a problem, and reading goes on.
final class JSONLinesReader: RowReader {
    private let file: String
    private let maximumLineBytes: Int
    private let parser = JSONParser()
    private var splitter: LineSplitter

    init(file: String, maximumLineBytes: Int) {
        self.file = file
        self.maximumLineBytes = maximumLineBytes
        splitter = LineSplitter(maximumBytes: maximumLineBytes)
    }

    func read(_ piece: UnsafeRawBufferPointer, row: TakeRow, problem: TakeProblem) throws -> Bool {
        try splitter.split(piece) { number, line in try take(line, number, row, problem) }
        return true
    }

    func finish(row: TakeRow, problem: TakeProblem) throws {
        try splitter.finish { number, line in try take(line, number, row, problem) }
    }

    private func take(
        _ line: LineSplitter.Line, _ number: Int, _ row: TakeRow, _ problem: TakeProblem
    ) throws {
        guard case .text(let text) = line else {
            let reason = "the line is longer than \(maximumLineBytes) bytes; split the row or make it shorter"
            return try problem(PlanProblem(file: file, line: number, reason: reason))
        }
        guard let first = text.first(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { return }
        let value: JSONValue
        do {
            value = try parser.parse(text)
        } catch {
            // A caught error is not the hot path; the words for bad encoding need no "JSON" before them.
            let reason = error.reason == "not UTF-8" ? "not UTF-8" : "invalid JSON: \(error.reason)"
            return try problem(PlanProblem(file: file, line: number, column: error.offset + 1, reason: reason))
        }
        guard first == UInt8(ascii: "{") else {
            let reason = "the row is \(value.kind.words), not an object"
            return try problem(
                PlanProblem(file: file, line: number, column: value.range.lowerBound + 1, reason: reason))
        }
        try row(InputRow(line: number, content: .json(value)))
    }
}

extension JSONValue.Kind {
    /// The kind with its article, for messages.
    var words: String {
        switch self {
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .number: "a number"
        case .bool: "true or false"
        case .null: "null"
        }
    }
}

/// A fault of one row, found before anything is sent. It names the place and never the text.
package struct PlanProblem: Sendable, Equatable, CustomStringConvertible {
    /// The input's display name.
    package var file: String

    /// The line in the file, counted from 1; for a CSV record the line of its first byte.
    package var line: Int

    /// The byte in the line, counted from 1, where it is known.
    package var column: Int?

    package var reason: String

    package init(file: String, line: Int, column: Int? = nil, reason: String) {
        self.file = file
        self.line = line
        self.column = column
        self.reason = reason
    }

    /// "prompts.jsonl:12:7: invalid JSON: expected ':' after the key"
    package var description: String {
        "\(file):\(line)" + (column.map { ":\($0)" } ?? "") + ": \(reason)"
    }
}

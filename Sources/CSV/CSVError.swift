/// Why a text is not CSV; names the place and never the text.
package struct CSVError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The line of the fault, counted from 1; line breaks inside quoted fields count.
    package var line: Int

    /// The byte in that line, counted from 1, where it is known.
    package var column: Int?

    package var reason: String

    package init(line: Int, column: Int?, reason: String) {
        self.line = line
        self.column = column
        self.reason = reason
    }

    package var description: String {
        "line \(line)" + (column.map { ", column \($0)" } ?? "") + ": \(reason)"
    }
}

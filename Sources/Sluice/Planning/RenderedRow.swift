/// What became of a row: a request, or everything that is wrong with it.
package enum RenderedRow: Sendable, Equatable {
    case request(PlannedRequest)
    case problems([RowProblem])
}

/// One thing that is wrong with a row. Holds no prompt text.
package struct RowProblem: Sendable, Equatable, CustomStringConvertible {
    /// The byte in the source line, from 1; nil where the fault is not in the line itself.
    package let column: Int?
    /// `messages[2].content: must be …`
    package let reason: String

    package init(column: Int? = nil, reason: String) {
        self.column = column
        self.reason = reason
    }

    package var description: String { reason }

    /// No more than this many are kept of one row.
    package static let maximumCount = 20
}

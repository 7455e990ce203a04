/// The rows that a selection puts back, and what they have cost so far.
package struct RetrySummary: Sendable, Equatable {
    package struct Group: Sendable, Equatable {
        package var resultClass: ResultClass
        /// Of the attempt that settled the rows; nil where it had none.
        package var errorCode: String?
        package var rows: Int
    }

    /// By class and error code.
    package var groups: [Group] = []
    /// Attempts of these rows that were sent, over all sittings.
    package var attempts = 0
    package var promptTokens = 0
    package var completionTokens = 0
    package var totalTokens = 0
    /// Of the attempts whose cost is known.
    package var cost = Money(picoDollars: 0)
    /// Attempts that may have cost something, with no telling what.
    package var costUnknown = 0
    /// Rows that were named and are `ok`, which the selection does not ask for again.
    package var okLeft = 0

    package var rows: Int { groups.reduce(0) { $0 + $1.rows } }

    package init() {}
}

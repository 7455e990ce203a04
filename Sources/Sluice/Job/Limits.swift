/// What a job may use at most. Nil means no limit of its own.
package struct Limits: Sendable, Equatable {
    /// Requests in flight at once.
    package var concurrency = 64
    package var requestsPerMinute: Int?
    package var tokensPerMinute: Int?
    /// For the whole run.
    package var budget = BudgetLimits()
    /// An answer larger than this is cut off and counts as failed.
    package var maximumAnswer: ByteCount = .mebibytes(64)

    package static let concurrencyRange = 1...65_536

    package init() {}
}

/// What may be used at most: by a job, or of one of its endpoints. Nil means no limit of the user's own; a provider's still
/// holds.
package struct Limits: Sendable, Equatable {
    /// Requests in flight at once.
    package var concurrency = Concurrency.unstated
    package var requestsPerMinute: Int?
    /// In any 24 hours.
    package var requestsPerDay: Int?
    /// Of prompts and answers together.
    package var tokensPerMinute: Int?
    package var tokensPerDay: Int?
    /// Of prompts and of answers apart, where a provider counts so.
    package var inputTokensPerMinute: Int?
    package var outputTokensPerMinute: Int?
    /// For the whole run.
    package var budget = BudgetLimits()
    /// An answer larger than this is cut off and counts as failed.
    package var maximumAnswer: ByteCount = .mebibytes(64)

    package init(
        concurrency: Concurrency = .unstated, requestsPerMinute: Int? = nil, requestsPerDay: Int? = nil,
        tokensPerMinute: Int? = nil, tokensPerDay: Int? = nil, inputTokensPerMinute: Int? = nil,
        outputTokensPerMinute: Int? = nil
    ) {
        self.concurrency = concurrency
        self.requestsPerMinute = requestsPerMinute
        self.requestsPerDay = requestsPerDay
        self.tokensPerMinute = tokensPerMinute
        self.tokensPerDay = tokensPerDay
        self.inputTokensPerMinute = inputTokensPerMinute
        self.outputTokensPerMinute = outputTokensPerMinute
    }
}

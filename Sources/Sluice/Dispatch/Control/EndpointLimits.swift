/// What a user allows an endpoint at most. Nil means no limit of the user's own; the provider's still hold.
package struct EndpointLimits: Sendable, Equatable {
    package var concurrency: Concurrency
    package var requestsPerMinute: Int?
    package var requestsPerDay: Int?
    package var tokensPerMinute: Int?
    package var tokensPerDay: Int?
    package var inputTokensPerMinute: Int?
    package var outputTokensPerMinute: Int?

    package init(
        concurrency: Concurrency, requestsPerMinute: Int? = nil, requestsPerDay: Int? = nil,
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

    package init(_ limits: Limits, concurrency: Concurrency? = nil) {
        self.init(
            concurrency: concurrency ?? limits.concurrency, requestsPerMinute: limits.requestsPerMinute,
            requestsPerDay: limits.requestsPerDay, tokensPerMinute: limits.tokensPerMinute,
            tokensPerDay: limits.tokensPerDay, inputTokensPerMinute: limits.inputTokensPerMinute,
            outputTokensPerMinute: limits.outputTokensPerMinute)
    }
}

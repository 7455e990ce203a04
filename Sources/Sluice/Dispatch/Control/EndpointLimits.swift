/// What a user allows an endpoint at most. Nil means no limit of the user's own; the provider's still hold.
package struct EndpointLimits: Sendable, Equatable {
    package enum Concurrency: Sendable, Equatable {
        /// So many in flight, and fewer only while the endpoint turns requests away.
        case fixed(Int)
        /// As many as the endpoint makes use of.
        case automatic(maximum: Int)

        /// The most that may ever be in flight.
        package var most: Int {
            switch self {
            case .fixed(let number), .automatic(maximum: let number): max(1, number)
            }
        }
    }

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
}

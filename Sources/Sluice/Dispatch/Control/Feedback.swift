/// What came of a request, as far as the control of its endpoint cares.
package struct Feedback: Sendable {
    package enum Kind: Sendable, Equatable {
        case answered
        /// By a rate or capacity limit, perhaps with a pause that the endpoint asks for.
        case turnedAway(retryAfter: Duration?)
        /// It came to nothing for another reason.
        case failed(possiblyBilled: Bool)
        /// Nothing left.
        case neverSent
    }

    package var kind: Kind
    package var usage: Usage?
    package var headers: RateLimitHeaders?

    package init(_ kind: Kind, usage: Usage? = nil, headers: RateLimitHeaders? = nil) {
        self.kind = kind
        self.usage = usage
        self.headers = headers
    }
}

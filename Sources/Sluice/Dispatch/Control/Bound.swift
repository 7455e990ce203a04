/// What holds a run back at a moment.
package enum Bound: String, Sendable, CaseIterable {
    case requestsPerMinute, requestsPerDay
    case tokensPerMinute, tokensPerDay
    case inputTokensPerMinute, outputTokensPerMinute
    /// The endpoint turned requests away: it named a pause, or a rate was learned from what it accepts.
    case throttled
    /// The endpoint is away; somebody looks from time to time.
    case unreachable
    /// The number in flight that the user allows.
    case concurrency
    /// The number in flight that the endpoint makes use of.
    case server
}

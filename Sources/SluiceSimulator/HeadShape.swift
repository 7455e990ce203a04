/// The headers that an endpoint sends with its answers.
package struct HeadShape: Sendable {
    /// How limits are told.
    package enum Limits: Sendable {
        /// `x-ratelimit-…` with resets as Go writes durations.
        case openAI
        /// Resets in whole seconds.
        case azure
        /// Requests are those of a day.
        case groq
        /// `x-ratelimit-…-req-minute` and `…-tokens-minute`.
        case mistral
        /// `anthropic-ratelimit-…` with resets as dates, beside OpenAI's.
        case anthropic
        case none
    }

    package enum RetryAfter: Sendable {
        case secondsAndMilliseconds, seconds, none
    }

    /// Name and beginning of the value: `x-request-id: req_`; empty where there is none.
    package var requestID: StaticString = "x-request-id: req_"
    package var secondRequestID: StaticString = ""
    /// Whole lines with their ends.
    package var lines: StaticString = ""
    package var limits = Limits.openAI
    package var retryAfter = RetryAfter.secondsAndMilliseconds
    /// `x-litellm-response-cost`.
    package var tellsCost = false

    package init() {}
}

/// What holds a run back at a moment: the reason why not one more request leaves.
package enum Hold: String, Sendable, CaseIterable {
    case requestsPerMinute = "requests_per_minute"
    case requestsPerDay = "requests_per_day"
    case tokensPerMinute = "tokens_per_minute"
    case tokensPerDay = "tokens_per_day"
    case inputTokensPerMinute = "input_tokens_per_minute"
    case outputTokensPerMinute = "output_tokens_per_minute"
    /// The endpoint turned requests away: it named a pause, or takes no more than it was found to take.
    case throttled
    /// As many are in flight as the job allows.
    case concurrency
    /// As many are in flight as the endpoint makes use of.
    case server
    /// The endpoint cannot be reached, or fails all that is sent to it.
    case endpoint
    case budget
    /// All that is left waits to be tried again.
    case retries
    /// What came back is being written, or the next requests are being read.
    case disk
    /// Everything has been sent, and the last answers are on their way.
    case lastAnswers = "last_answers"

    /// For a person, as in `bound by requests a minute`.
    package var words: String {
        switch self {
        case .requestsPerMinute: "requests a minute"
        case .requestsPerDay: "requests a day"
        case .tokensPerMinute: "tokens a minute"
        case .tokensPerDay: "tokens a day"
        case .inputTokensPerMinute: "input tokens a minute"
        case .outputTokensPerMinute: "output tokens a minute"
        case .throttled: "throttling"
        case .concurrency: "concurrency"
        case .server: "the endpoint's capacity"
        case .endpoint: "the endpoint's absence"
        case .budget: "the budget"
        case .retries: "waiting to try again"
        case .disk: "the disk"
        case .lastAnswers: "the last answers"
        }
    }

    /// The one change that would help most; nil where none would.
    package var advice: String? {
        switch self {
        case .requestsPerMinute, .requestsPerDay, .tokensPerMinute, .tokensPerDay, .inputTokensPerMinute,
            .outputTokensPerMinute:
            "where the account allows more, raise \(rawValue); else another endpoint beside this one"
        case .throttled: "a higher limit of the account, or another endpoint beside this one"
        case .concurrency: "a greater concurrency, or auto"
        case .server: "another endpoint beside this one: this one answers no more at once"
        case .endpoint: "a second endpoint, to which rows go while this one is away"
        case .budget: "a larger budget"
        case .retries: "a look at why attempts fail: `sluice status`, and attempts_view in the queue"
        case .disk: "a faster disk for the queue, or --durability normal"
        case .lastAnswers: nil
        }
    }
}

/// What the end of an attempt tells of the endpoint that it was sent to.
package enum EndpointSign: Sendable, Equatable {
    /// It served the request, whatever the answer is worth.
    case answered
    /// It turned the request down for good, by a 4xx that says nothing of key or balance.
    case rejected(status: Int, code: String?, words: String)
    /// It asks for less, and so it lives.
    case throttled
    /// It could not serve: 5xx, a lost connection, a timeout, an answer cut short.
    case failed(words: String)
    /// No connection came about.
    case unreachable(words: String)
}

extension EndpointSign {
    /// Nil where the outcome says nothing of whether the endpoint serves.
    init?(_ outcome: Outcome) {
        let words = outcome.errorMessage ?? outcome.status.map { "HTTP \($0)" } ?? "no answer"
        switch outcome.verdict {
        case .settle(.failed):
            switch outcome.status {
            case let status? where status >= 500: self = .failed(words: words)
            case let status? where status >= 300:
                self = .rejected(status: status, code: outcome.errorCode, words: words)
            default: self = .answered
            }
        case .settle: self = .answered
        case .retry(.throttled, _): self = .throttled
        case .retry(.cancelled, _), .stop: return nil
        case .retry(let cause, _):
            self = cause.isUnreachable && !outcome.possiblyBilled ? .unreachable(words: words) : .failed(words: words)
        }
    }
}

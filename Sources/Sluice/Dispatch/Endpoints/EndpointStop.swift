/// An endpoint to which nothing more is sent, and why.
package struct EndpointStop: Sendable, Equatable {
    package var endpoint: EndpointLabel
    /// What would end the run if it were the only one.
    package var reason: RunEnd

    package init(endpoint: EndpointLabel, reason: RunEnd) {
        self.endpoint = endpoint
        self.reason = reason
    }

    /// The provider's own, with their cause in a word.
    package var words: String {
        switch reason {
        case .stopped(let cause, let words): "\(words) (\(cause.rawValue))"
        case .throttled(let wait): "it asks for a pause of \(RunReport.duration(wait))"
        case .unreachable(let words): words
        case .complete, .interrupted, .dayIsUsed: reason.reason
        }
    }
}

extension RunEnd {
    /// The pause that is asked for; none in all other cases.
    var wait: Duration { if case .throttled(let wait) = self { wait } else { .zero } }
}

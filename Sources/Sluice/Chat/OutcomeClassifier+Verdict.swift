extension OutcomeClassifier {
    /// What a status means, with what the provider said about it.
    ///
    /// A stop comes before everything else, `x-should-retry` included: it costs nothing and loses nothing. An error
    /// whose status is not known (nil) is worth another try.
    static func verdict(
        status: Int?, meaning: ProviderError.Meaning?, wait: Duration?, shouldRetry: Bool?, words: String?
    ) -> Verdict {
        let words = words ?? status.map { "HTTP \($0)" } ?? "an error without words"
        switch meaning {
        case .keyRefused: return .stop(.unauthorized, words: words)
        case .quotaSpent: return .stop(.quota, words: words)
        case .budgetInFlight: return .retry(.throttled(status: status ?? 402), after: wait)
        case .filtered where status != 429: return .settle(.filtered)
        case .filtered, nil: break
        }
        switch status {
        case 401: return .stop(.unauthorized, words: words)
        case 402: return .stop(.quota, words: words)
        case 403: return .stop(.forbidden, words: words)
        default: break
        }
        if shouldRetry == false { return .settle(.failed) }
        switch status {
        case nil: return .retry(.unusable(.error), after: wait)
        case 429?, 498?, 529?: return .retry(.throttled(status: status ?? 429), after: wait)
        case 503? where wait != nil: return .retry(.throttled(status: 503), after: wait)
        case let status? where [408, 409, 425].contains(status) || status >= 500 || shouldRetry == true:
            return .retry(.status(status), after: wait)
        default: return .settle(.failed)
        }
    }
}

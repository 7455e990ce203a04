/// The limits that hold together, each with the hold that it stands for.
struct LimitSet: Sendable {
    private(set) var requests: LimitBucket
    private(set) var tokens: LimitBucket
    private(set) var inputTokens: LimitBucket
    private(set) var outputTokens: LimitBucket

    /// Limits that are still to be learned.
    init(now: Timestamp) { self.init(Limits(), now: now) }

    /// What the user states for a minute.
    init(_ limits: Limits, now: Timestamp) {
        requests = LimitBucket(perMinute: limits.requestsPerMinute, countsRequests: true, now: now)
        tokens = LimitBucket(perMinute: limits.tokensPerMinute, countsRequests: false, now: now)
        inputTokens = LimitBucket(perMinute: limits.inputTokensPerMinute, countsRequests: false, now: now)
        outputTokens = LimitBucket(perMinute: limits.outputTokensPerMinute, countsRequests: false, now: now)
    }

    func delay(_ delay: inout Delay, for cost: Allotment, now: Timestamp) {
        delay.add(
            requests.earliest(for: cost.requests, now: now), requests.isLong ? .requestsPerDay : .requestsPerMinute)
        delay.add(tokens.earliest(for: cost.tokens, now: now), tokens.isLong ? .tokensPerDay : .tokensPerMinute)
        delay.add(inputTokens.earliest(for: cost.inputTokens, now: now), .inputTokensPerMinute)
        delay.add(outputTokens.earliest(for: cost.outputTokens, now: now), .outputTokensPerMinute)
    }

    mutating func spend(_ cost: Allotment, now: Timestamp) {
        requests.spend(cost.requests, now: now)
        tokens.spend(cost.tokens, now: now)
        inputTokens.spend(cost.inputTokens, now: now)
        outputTokens.spend(cost.outputTokens, now: now)
    }

    mutating func settle(reserved: Allotment, actual: Allotment) {
        requests.settle(reserved: reserved.requests, actual: actual.requests)
        tokens.settle(reserved: reserved.tokens, actual: actual.tokens)
        inputTokens.settle(reserved: reserved.inputTokens, actual: actual.inputTokens)
        outputTokens.settle(reserved: reserved.outputTokens, actual: actual.outputTokens)
    }

    /// Requests of the typical cost that could leave within `ahead`.
    func admissible(_ typical: Allotment, within ahead: Duration, now: Timestamp) -> Double {
        min(
            requests.available(within: ahead, now: now) / typical.requests,
            tokens.available(within: ahead, now: now) / typical.tokens,
            inputTokens.available(within: ahead, now: now) / typical.inputTokens,
            outputTokens.available(within: ahead, now: now) / typical.outputTokens)
    }

    /// Requests a second that may leave in the long run; nil without a limit.
    func rate(_ typical: Allotment) -> Double? {
        let counts = Self.least(requests.rate.map { $0 / typical.requests }, tokens.rate.map { $0 / typical.tokens })
        let parts = Self.least(
            inputTokens.rate.map { $0 / typical.inputTokens }, outputTokens.rate.map { $0 / typical.outputTokens })
        return Self.least(counts, parts)
    }

    /// The lesser of two rates; nil stands for no limit.
    static func least(_ one: Double?, _ other: Double?) -> Double? {
        guard let one, let other else { return one ?? other }
        return min(one, other)
    }

    /// - Parameter used: what was admitted since the request left.
    mutating func take(
        _ headers: RateLimitHeaders, used: Allotment, typical: Allotment, leftAt: Timestamp, now: Timestamp
    ) {
        requests.take(headers.requests, used: used.requests, typical: typical.requests, leftAt: leftAt, now: now)
        tokens.take(headers.scarcerTokens, used: used.tokens, typical: typical.tokens, leftAt: leftAt, now: now)
        inputTokens.take(
            headers.inputTokens, used: used.inputTokens, typical: typical.inputTokens, leftAt: leftAt, now: now)
        outputTokens.take(
            headers.outputTokens, used: used.outputTokens, typical: typical.outputTokens, leftAt: leftAt, now: now)
    }
}

extension RateLimitHeaders {
    /// The account's tokens or the project's, whichever has less left.
    fileprivate var scarcerTokens: Window {
        guard let project = projectTokens.remaining, projectTokens.limit != nil else { return tokens }
        return project < tokens.remaining ?? .max ? projectTokens : tokens
    }
}

/// What is known of one model at an endpoint: its provider's limits, and how long its answers are.
struct Lane: Sendable {
    /// How the provider counts the tokens of an answer.
    enum Counting: Sendable, Equatable {
        /// No answer has told yet: as the request allows, to be safe.
        case unknown
        case asUsed
        /// By what the request allows (OpenAI, Azure).
        case asAllowed
    }

    private(set) var limits: LimitSet
    private(set) var forecast = UsageForecast()
    private(set) var counting = Counting.unknown
    /// All that was admitted so far.
    private(set) var admitted = Allotment()
    /// What a full pool would lack now if the provider counted so.
    private var drawnAsUsed = DrawnTokens()
    private var drawnAsAllowed = DrawnTokens()

    init(now: Timestamp) { limits = LimitSet(now: now) }

    func cost(_ demand: RequestDemand) -> Allotment {
        let input = forecast.input(demand)
        let output =
            switch counting {
            case .unknown, .asAllowed: demand.outputLimit.map(Double.init) ?? forecast.output(demand)
            case .asUsed: forecast.output(demand)
            }
        return Allotment(requests: 1, tokens: input + output, inputTokens: input, outputTokens: forecast.output(demand))
    }

    /// Of a request as they have been.
    var typical: Allotment {
        let (input, output) = (max(1, forecast.typicalInput), max(1, forecast.typicalOutput))
        return Allotment(requests: 1, tokens: input + output, inputTokens: input, outputTokens: output)
    }

    mutating func admit(_ cost: Allotment, _ demand: RequestDemand, now: Timestamp) -> (
        asUsed: Double, asAllowed: Double
    ) {
        limits.spend(cost, now: now)
        admitted = admitted + cost
        let output = forecast.output(demand)
        return (
            drawnAsUsed.draw(cost.inputTokens + output, now: now),
            drawnAsAllowed.draw(cost.inputTokens + (demand.outputLimit.map(Double.init) ?? output), now: now)
        )
    }

    mutating func settle(reserved: Allotment, actual: Allotment) {
        limits.settle(reserved: reserved, actual: actual)
    }

    /// What an answer with this usage has cost.
    func actual(_ usage: Usage, of reservation: Reservation) -> Allotment {
        let reserved = reservation.cost
        var actual = reserved
        let prompt = usage.promptTokens.map(Double.init)
        let output = usage.completionTokens.map(Double.init)
        // What comes from a cache is left out where input is counted by itself.
        if let prompt { actual.inputTokens = max(0, prompt - Double(usage.cachedTokens ?? 0)) }
        if let output { actual.outputTokens = output }
        switch counting {
        case .unknown, .asUsed:
            if let total = usage.totalTokens.map(Double.init) ?? sum(prompt, output) { actual.tokens = total }
        case .asAllowed:
            if let prompt { actual.tokens += prompt - reserved.inputTokens }
            if let output, reservation.demand.outputLimit == nil { actual.tokens += output - reserved.outputTokens }
        }
        return actual
    }

    private func sum(_ prompt: Double?, _ output: Double?) -> Double? {
        guard let prompt, let output else { return nil }
        return prompt + output
    }

    mutating func learn(_ usage: Usage, promptEstimate: Int) { forecast.learn(usage, promptEstimate: promptEstimate) }

    /// An answer came whose head says nothing of tokens.
    mutating func assumeCounting() { if counting == .unknown { counting = .asUsed } }

    /// What a head tells of how tokens are counted.
    mutating func compare(_ headers: RateLimitHeaders, of reservation: Reservation) {
        guard let limit = headers.tokens.limit, limit > 0, let remaining = headers.tokens.remaining else { return }
        let missing = Double(limit - remaining)
        drawnAsUsed.compare(reservation.drawnAsUsed, with: missing, limit: limit)
        drawnAsAllowed.compare(reservation.drawnAsAllowed, with: missing, limit: limit)
        counting = drawnAsAllowed.error < drawnAsUsed.error ? .asAllowed : .asUsed
    }

    mutating func take(_ headers: RateLimitHeaders, of reservation: Reservation, now: Timestamp) {
        limits.take(
            headers, used: admitted - reservation.admitted, typical: typical, leftAt: reservation.leftAt, now: now)
    }
}

/// What a provider's pool of tokens would lack if it counted in some way, and how far that is from what it says.
private struct DrawnTokens: Sendable {
    private var drawn: Double = 0
    private var refill: Double = 0
    private var updated: Timestamp?
    private(set) var error: Double = 0

    mutating func draw(_ amount: Double, now: Timestamp) -> Double {
        if let updated, now > updated { drawn = max(0, drawn - now.seconds(since: updated) * refill) }
        updated = now
        drawn += amount
        return drawn
    }

    mutating func compare(_ expected: Double, with missing: Double, limit: Int) {
        refill = Double(limit) / 60
        error = error * 0.95 + abs(missing - expected)
    }
}

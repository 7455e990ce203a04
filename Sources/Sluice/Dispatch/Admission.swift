/// Decides whether a request may leave now: concurrency, requests a minute, tokens a minute, cool-down.
///
/// Being turned away halves how many may be in flight, once for all that left before; every round of answers adds one
/// again, up to the concurrency that was asked for.
///
/// A pure value: it is told the time and what happened, and answers. The dispatcher carries out what it decides.
package struct Admission: Sendable {
    package enum Decision: Equatable, Sendable {
        case admit
        /// Not before this time.
        case wait(until: Timestamp)
        /// As many are in flight as may be.
        case full
    }

    /// What a request holds while it is in flight; handed back when it ends.
    package struct Reservation: Sendable, Equatable {
        var tokens: Double
        var promptEstimate: Int
    }

    package let concurrency: Int
    private(set) package var inFlight = 0
    private var requests: PacedBucket?
    private var tokens: PacedBucket?
    private var closedUntil: Timestamp?
    private var forecast = TokenForecast()
    /// How many may be in flight now: the concurrency, or less after the endpoint turned requests away.
    private var window: Double
    private var lastCut: Timestamp

    package init(concurrency: Int, requestsPerMinute: Int?, tokensPerMinute: Int?, now: Timestamp) {
        self.concurrency = concurrency
        window = Double(concurrency)
        lastCut = now
        requests = requestsPerMinute.map { limit in
            // Exactly one at low rates, where a strict server allows no second; 50 ms' worth at high ones, where
            // timers are coarser than the spacing.
            let burst = max(1, Double(limit) / 60 * 0.05)
            // What is saved up beyond one is taken off the rate: a minute after a pause stays within the limit too.
            return PacedBucket(perMinute: Double(limit) - (burst - 1), burst: burst, initial: 1, now: now)
        }
        tokens = tokensPerMinute.map { limit in
            // Starts empty: the first request saves up for itself, so that no minute sees more than the limit.
            PacedBucket(perMinute: Double(limit), burst: Double(limit) / 60, initial: 0, now: now)
        }
    }

    /// How many requests may be in flight now.
    package var places: Int { min(concurrency, max(1, Int(window))) }

    package func decide(_ claim: Claim, now: Timestamp) -> Decision {
        guard inFlight < places else { return .full }
        var earliest = now
        if let closedUntil, closedUntil > earliest { earliest = closedUntil }
        if let free = requests?.earliest(for: 1, now: now) { earliest = max(earliest, free) }
        if tokens != nil {
            let cost = forecast.tokens(for: claim)
            if let free = tokens?.earliest(for: cost, now: now) { earliest = max(earliest, free) }
        }
        return earliest > now ? .wait(until: earliest) : .admit
    }

    /// The request leaves.
    package mutating func admit(_ claim: Claim, now: Timestamp) -> Reservation {
        let cost = forecast.tokens(for: claim)
        inFlight += 1
        requests?.spend(1, now: now)
        tokens?.spend(cost, now: now)
        return Reservation(tokens: cost, promptEstimate: claim.promptEstimate)
    }

    /// The request has ended; without a usage the reservation stays spent, as the provider may count it so.
    package mutating func end(_ reservation: Reservation, usage: Usage?) {
        inFlight -= 1
        guard let usage, let used = usage.totalTokens else { return }
        tokens?.settle(reserved: reservation.tokens, actual: Double(used))
        forecast.learn(usage, promptEstimate: reservation.promptEstimate)
    }

    /// An answer came: one more may be in flight after a round of them.
    package mutating func answered() {
        window = min(Double(concurrency), window + 1 / window)
    }

    /// The endpoint turned away a request that left at `start`. Those that left before an earlier cut say nothing
    /// new.
    package mutating func turnedAway(leftAt start: Timestamp, now: Timestamp) {
        guard start >= lastCut else { return }
        window = max(1, min(window, Double(inFlight)) / 2)
        lastCut = now
    }

    /// Nothing leaves before `time`.
    package mutating func close(until time: Timestamp) {
        closedUntil = max(closedUntil ?? time, time)
    }

    /// What holds a typical request back; nil where it may leave.
    package func hold(now: Timestamp) -> Hold? {
        guard inFlight < places else { return places < concurrency ? .throttled : .concurrency }
        if let closedUntil, closedUntil > now { return .throttled }
        let waits: [(Timestamp, Hold)] = [
            requests.map { ($0.earliest(for: 1, now: now), .requestsPerMinute) },
            tokens.map { ($0.earliest(for: forecast.typical, now: now), .tokensPerMinute) },
        ].compactMap { $0 }
        return waits.filter { $0.0 > now }.max { $0.0 < $1.0 }?.1
    }

    /// When the rates allow a typical request again: `now`, or later.
    package func opening(now: Timestamp) -> Timestamp {
        var earliest = max(now, closedUntil ?? now)
        if let free = requests?.earliest(for: 1, now: now) { earliest = max(earliest, free) }
        if let free = tokens?.earliest(for: forecast.typical, now: now) { earliest = max(earliest, free) }
        return earliest
    }

    /// How many requests could leave within `ahead` from now, the concurrency aside: as many as it makes sense to
    /// hold ready.
    package func admissible(within ahead: Duration, now: Timestamp) -> Int {
        if let closedUntil, closedUntil > now + ahead { return 0 }
        var most = Double(Int32.max)
        if let free = requests?.available(within: ahead, now: now) { most = min(most, free) }
        if let free = tokens?.available(within: ahead, now: now) { most = min(most, free / forecast.typical) }
        return max(0, Int(most.rounded(.up)))
    }
}

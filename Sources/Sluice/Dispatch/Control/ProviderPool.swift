/// What a provider says is left of one of its limits, carried on from the newest head to the present. Pure: time is
/// passed in.
///
/// A head describes the moment when its request arrived. What was admitted since then comes off, and what has flowed in
/// since then is added. So the count is right also when other programs draw on the same key, to within one answer's
/// time.
struct ProviderPool: Sendable {
    /// Counts above this share of the capacity leave the pace alone.
    private static let ample = 0.25
    /// The slowest that a nearly empty pool makes it.
    private static let slowest = 0.1
    private static let longestMinute = Duration.seconds(90)

    /// As the provider states it, for its own period.
    private(set) var limit: Double
    /// The limit counts more than a minute, in all likelihood a day.
    private(set) var isLong: Bool
    /// Units a second.
    private var refill: Double
    /// What the pool holds when it is full: less than the limit where the provider allows small bursts only.
    private var capacity: Double
    private var level: Double
    private var updated: Timestamp
    private var spent: Double = 0
    private var full: Timestamp?
    /// It fills all the time; else all at once.
    private var flows: Bool
    /// When the request left whose head told this.
    private var toldOf: Timestamp

    /// - Parameters:
    ///   - used: what was admitted since the request left.
    ///   - limit: as the head says, or as it is known.
    init?(
        _ window: RateLimitHeaders.Window, limit: Double, used: Double, leftAt: Timestamp, now: Timestamp,
        after last: ProviderPool? = nil
    ) {
        guard let remaining = window.remaining, limit > 0 else { return nil }
        // Answers overtake each other; the one that left last knows most.
        if let last, last.limit == limit, leftAt < last.toldOf { return nil }
        // A zero without a time at which it changes is a server that does not know (Azure).
        if remaining == 0, (window.reset ?? .zero) == .zero { return nil }
        let remainingUnits = Double(remaining)
        self.limit = limit
        toldOf = leftAt
        let missing = max(0, limit - remainingUnits)
        isLong = Self.isLong(limit: limit, missing: missing, reset: window.reset, before: last?.isLong)
        refill = limit / (isLong ? 86_400 : 60)
        if let reset = window.reset {
            let untilFull = reset.inSeconds
            let expected = missing / refill
            let tolerance = 1 + 0.2 * expected + now.seconds(since: leftAt)
            flows = abs(untilFull - expected) <= tolerance
            capacity = flows ? limit : max(1, min(limit, remainingUnits + untilFull * refill))
            full = leftAt + reset
        } else {
            flows = true
            capacity = limit
            full = nil
        }
        level = remainingUnits - used
        updated = leftAt
    }

    /// A limit that needs longer than a minute to be full again is one of the day. Where next to nothing is used, whole
    /// seconds are too coarse to tell, and a second is left out of account.
    private static func isLong(limit: Double, missing: Double, reset: Duration?, before: Bool?) -> Bool {
        guard let reset else { return before ?? false }
        if reset > longestMinute { return true }
        guard missing >= 1 else { return before ?? false }
        let period = (reset.inSeconds - 1) * limit / missing
        return period > 600
    }

    func level(at now: Timestamp) -> Double {
        guard let full, now >= full else { return carried(at: now) }
        return flows ? max(carried(at: now), capacity - spent) : capacity
    }

    private func carried(at now: Timestamp) -> Double {
        // A pool that fills all at once has the same left until then.
        let flow = flows || capacity < limit ? max(0, now.seconds(since: updated)) * refill : 0
        return min(capacity, level + flow)
    }

    mutating func spend(_ amount: Double, now: Timestamp) {
        if !flows, let full, now >= full {
            // It was filled all at once. When next is for a head to tell; until then it flows.
            (level, updated, self.full, flows) = (capacity, now, nil, true)
        }
        draw(amount)
    }

    mutating func settle(reserved: Double, actual: Double) { draw(actual - reserved) }

    private mutating func draw(_ amount: Double) {
        level -= amount
        spent += amount
    }

    /// When `cost` is left, as far as is known. Nothing larger than the pool is waited for.
    func earliest(for cost: Double, now: Timestamp) -> Timestamp {
        let missing = min(cost, capacity) - level(at: now)
        guard missing > 0 else { return now }
        let byFlow = now + .nanoseconds(Int64(min(missing / refill * 1e9, 1e18).rounded(.up)) + 1)
        guard let full, full > now else { return byFlow }
        return flows ? min(byFlow, full) : max(now, full)
    }

    /// The part of the full pace that keeps some of the pool for whoever shares it: all of it while the pool holds
    /// plenty, or will last until it is filled again.
    func share(cost: Double, now: Timestamp) -> Double {
        if isLong { return 1 }
        let level = level(at: now)
        var share = (level + cost) / (Self.ample * capacity)
        if let full, full > now { share = max(share, level / (refill * full.seconds(since: now))) }
        return min(1, max(Self.slowest, share))
    }
}

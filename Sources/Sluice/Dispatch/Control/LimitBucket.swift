/// One limit of one kind: what the user states of it, or what the provider's heads say. Pure: time is passed in.
struct LimitBucket: Sendable {
    /// What is left unused: a clock that is off a little, or a request that is late on its way, must not make a second
    /// pass a sixtieth of the limit.
    static let margin = 0.0125

    private var paced: PacedBucket?
    private var pool: ProviderPool?
    /// Of the minute, as the paced bucket has it.
    private var perMinute: Double?
    private var share: Double = 1
    private let countsRequests: Bool

    init(perMinute: Int?, countsRequests: Bool, now: Timestamp) {
        self.countsRequests = countsRequests
        guard let perMinute else { return }
        self.perMinute = Double(perMinute)
        pace(initial: countsRequests ? 1 : burst(Double(perMinute)), now: now)
    }

    /// Units a second that may leave in the long run, where the limit is known.
    var rate: Double? { paced?.rate }

    var isLong: Bool { pool?.isLong ?? false }

    /// Exactly one request at low rates, where a strict server allows no second; else a small part of a second's, and of
    /// tokens about a second's: those are counted by the minute, and cost more at a time.
    private func burst(_ perMinute: Double) -> Double {
        countsRequests ? max(1, perMinute / 60 * Self.margin) : perMinute * Self.margin
    }

    private mutating func pace(initial: Double, now: Timestamp) {
        guard let perMinute else { return }
        let rate = perMinute * (1 - Self.margin) * share
        let burst = burst(perMinute)
        if paced == nil {
            paced = PacedBucket(perMinute: rate, burst: burst, initial: initial, now: now)
        } else {
            paced?.change(perMinute: rate, burst: burst, now: now)
        }
    }

    func earliest(for cost: Double, now: Timestamp) -> Timestamp {
        var earliest = now
        if let paced { earliest = max(earliest, paced.earliest(for: cost, now: now)) }
        if let pool { earliest = max(earliest, pool.earliest(for: cost, now: now)) }
        return earliest
    }

    mutating func spend(_ cost: Double, now: Timestamp) {
        paced?.spend(cost, now: now)
        pool?.spend(cost, now: now)
    }

    mutating func settle(reserved: Double, actual: Double) {
        guard reserved != actual else { return }
        paced?.settle(reserved: reserved, actual: actual)
        pool?.settle(reserved: reserved, actual: actual)
    }

    func available(within ahead: Duration, now: Timestamp) -> Double {
        min(
            paced?.available(within: ahead, now: now) ?? .infinity, pool?.level(at: now + ahead) ?? .infinity)
    }

    /// Takes over the provider's view.
    ///
    /// - Parameters:
    ///   - used: what was admitted since the request left.
    ///   - typical: the cost of a request.
    mutating func take(
        _ window: RateLimitHeaders.Window, used: Double, typical: Double, leftAt: Timestamp, now: Timestamp
    ) {
        let stated = window.limit.flatMap { $0 > 0 ? Double($0) : nil }
        guard let limit = stated ?? pool?.limit else { return }
        if let newer = ProviderPool(window, limit: limit, used: used, leftAt: leftAt, now: now, after: pool) {
            pool = newer
        } else if pool == nil, window.remaining != nil {
            return
        }
        if isLong {
            // A day's limit is not spread over the day.
            paced = nil
            perMinute = nil
            return
        }
        let isNew = perMinute == nil
        let share = pool?.share(cost: typical, now: now) ?? 1
        guard isNew || perMinute != limit || abs(share - self.share) > 0.02 || (share == 1) != (self.share == 1)
        else { return }
        perMinute = limit
        self.share = share
        pace(initial: 0, now: now)
    }
}

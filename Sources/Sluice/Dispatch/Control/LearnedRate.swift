#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The rate of requests that an endpoint accepts, learned from what it turns away. Pure: time is passed in.
///
/// A cut goes to a little below what was accepted of late. From there the rate rises as CUBIC's window does: soon back
/// to what was accepted, a while of nearly that, then beyond, and at last ever faster. The clock of that rise stands still
/// while fewer requests leave than may, so nothing is risked that nobody uses.
struct LearnedRate: Sendable {
    /// Below what was accepted, at first.
    private static let cut = 0.03
    /// Until the rate is again what was accepted; longer where requests are few.
    private static let shortestRise = 20.0
    private static let longestRise = 120.0
    /// What was accepted times this is the most that it rises to, until a cut tells anew what is accepted.
    private static let mostRise = 8.0
    /// A rate that binds nobody for so long is forgotten.
    private static let forgottenAfter = 180.0

    struct Curve: Sendable {
        /// What was accepted.
        var accepted: Double
        var rise: Double
        /// Seconds in which the rate was used since the cut.
        var age: Double = 0
        var unused: Double = 0

        var rate: Double {
            let progress = (age - rise) / rise
            if progress <= 1 { return accepted * (1 + LearnedRate.cut * progress * progress * progress) }
            return accepted * (1 + LearnedRate.cut) * min(exp((age - 2 * rise) / rise), LearnedRate.mostRise)
        }
    }

    private var log: DepartureLog
    private(set) var curve: Curve?
    private var paced: PacedBucket?
    private var lastDeparture: Timestamp
    /// When the next one may leave.
    private var due: Timestamp
    private var lastCut: Timestamp?
    /// Nothing was known before the newest cut.
    private var isFirst = false
    /// The first are rough, and are soon tried again.
    private var cuts: Double = 0

    init(now: Timestamp) {
        log = DepartureLog(now: now)
        lastDeparture = now
        due = now
    }

    /// Requests a second; nil while nothing was turned away.
    var rate: Double? { curve?.rate }

    func earliest(now: Timestamp) -> Timestamp { paced?.earliest(for: 1, now: now) ?? now }

    func available(within ahead: Duration, now: Timestamp) -> Double {
        paced?.available(within: ahead, now: now) ?? .infinity
    }

    /// - Returns: whether it was this rate that held it until now.
    mutating func left(now: Timestamp) -> Bool {
        log.left(now)
        var wasHeld = false
        if var curve {
            let passed = now.seconds(since: lastDeparture)
            // One that leaves as soon as it may has waited for it.
            wasHeld = now.seconds(since: due) <= max(0.005, 0.1 / curve.rate)
            if wasHeld {
                curve.age += passed
                curve.unused = 0
            } else {
                curve.unused += passed
            }
            self.curve = curve
            if curve.unused > Self.forgottenAfter { forget() } else { follow(now: now) }
        }
        paced?.spend(1, now: now)
        due = paced?.earliest(for: 1, now: now) ?? now
        lastDeparture = now
        return wasHeld
    }

    /// One that left at `time` does not count as accepted.
    mutating func refused(leftAt time: Timestamp) { log.refused(leftAt: time) }

    /// Goes down by a little, though not to what is accepted: it may have been too much, and may have had nothing to do
    /// with it.
    mutating func ease(now: Timestamp) {
        guard let rate, rate > 1.25 * log.rate(shortest: .seconds(4), enough: 20, now: now) else { return }
        cut(to: rate * 0.95, now: now)
    }

    /// Goes down to what was accepted of late, though not by much at a time: what was accepted may be less than would
    /// have been.
    mutating func lower(now: Timestamp) {
        guard let curve else {
            // A rate that is still rising was lower before: what is too high now, the next cut mends.
            let measured = [0.5, 1, 2, 4].map { log.rate(shortest: .seconds($0), enough: 5, now: now) }.max() ?? 0
            guard measured > 0 else { return }
            isFirst = true
            return cut(to: measured, now: now)
        }
        isFirst = false
        let since = max(.seconds(1), min(now - (lastCut ?? now), DepartureLog.memory))
        let measured = log.rate(shortest: since, enough: 5, now: now)
        // One that is refused as soon as it follows a cut leaves at a rate that is far too high.
        let least = curve.rate * (curve.age > curve.rise / 4 ? 0.93 : 0.5)
        cut(to: min(max(measured, least), curve.rate), now: now)
    }

    /// More are turned away of those that left before the first cut: less was accepted than it seemed.
    mutating func lowerFirst(now: Timestamp) {
        guard isFirst, let curve else { return }
        let measured = log.rate(shortest: .milliseconds(500), enough: 5, now: now)
        // Nothing was accepted at all: that tells no rate, and the slowest would be a guess that costs minutes.
        if measured <= 0 { return forget() }
        if measured < curve.accepted { cut(to: measured, now: now) }
    }

    private mutating func cut(to accepted: Double, now: Timestamp) {
        let accepted = max(Self.slowest, accepted)
        cuts += 1
        let rise = min(max(20 / accepted, Self.shortestRise), Self.longestRise)
        curve = Curve(accepted: accepted, rise: rise * min(1, 0.25 + cuts / 8))
        lastCut = now
        follow(now: now)
        paced?.drain(now: now)
        due = paced?.earliest(for: 1, now: now) ?? now
    }

    /// Back to what held before an outage made it look as if nothing were accepted.
    mutating func restore(_ curve: Curve?, now: Timestamp) {
        self.curve = curve
        if curve == nil { paced = nil } else { follow(now: now) }
    }

    private mutating func forget() {
        curve = nil
        paced = nil
    }

    private mutating func follow(now: Timestamp) {
        guard let curve else { return }
        let rate = curve.rate
        if paced == nil {
            paced = PacedBucket(perMinute: rate * 60, burst: Self.burst(rate), initial: 0, now: now)
        } else {
            paced?.change(perMinute: rate * 60, burst: Self.burst(rate), now: now)
        }
    }

    private static func burst(_ rate: Double) -> Double { max(1, rate * LimitBucket.margin) }

    private static let slowest = 1.0 / 60
}

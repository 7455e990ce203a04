/// Credit that flows in at a steady rate and is spent before something may leave.
///
/// What is spent in any stretch of time is at most the rate times that time plus the small credit that may be saved
/// up, so a provider that enforces a minute's limit second by second is not surprised by a burst. Pure: time is
/// passed in.
package struct PacedBucket: Sendable {
    /// Units a second.
    package let rate: Double
    /// The most that is saved up while nothing leaves.
    private let burst: Double
    /// Below zero after something cost more than was foreseen.
    private(set) package var credit: Double
    private var updated: Timestamp

    /// - Parameters:
    ///   - perMinute: the limit as providers state it.
    ///   - burst: units that may leave at once after a pause.
    ///   - initial: credit at the start.
    package init(perMinute: Int, burst: Double, initial: Double, now: Timestamp) {
        rate = Double(perMinute) / 60
        self.burst = burst
        credit = initial
        updated = now
    }

    /// When `cost` may leave: `now`, or later. A cost above the burst waits until it is saved up in full.
    package mutating func earliest(for cost: Double, now: Timestamp) -> Timestamp {
        refill(to: now, most: max(burst, cost))
        guard credit < cost else { return now }
        // A nanosecond's rounding must not make the caller come back too early for ever.
        return now + .nanoseconds(Int64(((cost - credit) / rate * 1e9).rounded(.up)) + 1)
    }

    package mutating func spend(_ cost: Double) { credit -= cost }

    /// Corrects what was spent by what it turned out to be.
    package mutating func settle(reserved: Double, actual: Double) { credit += reserved - actual }

    /// Units that will have become free `ahead` from now.
    package mutating func available(within ahead: Duration, now: Timestamp) -> Double {
        refill(to: now, most: max(burst, credit))
        return credit + rate * ahead.inSeconds
    }

    private mutating func refill(to now: Timestamp, most: Double) {
        guard now > updated else { return }
        credit = max(credit, min(most, credit + (now - updated).inSeconds * rate))
        updated = now
    }
}

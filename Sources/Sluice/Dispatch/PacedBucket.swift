/// Credit that flows in at a steady rate and is spent before something may leave.
///
/// What is spent in any stretch of time is at most the rate times that time plus the small credit that may be saved
/// up, so a provider that enforces a minute's limit second by second is not surprised by a burst. Pure: time is
/// passed in.
package struct PacedBucket: Sendable {
    /// Units a second.
    private(set) package var rate: Double
    /// The most that is saved up while nothing leaves.
    private var burst: Double
    /// As the newest spending left it, with what was given back since. Below zero after something cost more than was
    /// foreseen.
    private(set) package var credit: Double
    /// What flowed in between the newest spending and `updated`.
    private var flowed: Double = 0
    /// What was given back since the newest spending: it does not count for what may be saved up.
    private var refunded: Double = 0
    private var updated: Timestamp

    /// - Parameters:
    ///   - perMinute: the limit as providers state it.
    ///   - burst: units that may leave at once after a pause.
    ///   - initial: credit at the start.
    package init(perMinute: Double, burst: Double, initial: Double, now: Timestamp) {
        rate = perMinute / 60
        self.burst = burst
        credit = initial
        updated = now
    }

    /// Goes on at another pace; what is being saved up for a large cost is kept.
    package mutating func change(perMinute: Double, burst: Double, now: Timestamp) {
        if now > updated {
            flowed += now.seconds(since: updated) * rate
            updated = now
        }
        rate = perMinute / 60
        self.burst = burst
    }

    /// When `cost` may leave: `now`, or later. A cost above the burst waits until it is saved up in full.
    package func earliest(for cost: Double, now: Timestamp) -> Timestamp {
        let missing = cost - credit(at: now, most: max(burst, cost))
        guard missing > 0 else { return now }
        // A nanosecond's rounding must not make the caller come back too early for ever. A wait of years, which only
        // a nonsensical count of tokens can cause, is cut to one that fits.
        return now + .nanoseconds(Int64(min(missing / rate * 1e9, Self.longestWait).rounded(.up)) + 1)
    }

    package mutating func spend(_ cost: Double, now: Timestamp) {
        credit = credit(at: now, most: max(burst, cost)) - cost
        flowed = 0
        refunded = 0
        updated = max(updated, now)
    }

    /// Corrects what was spent by what it turned out to be.
    package mutating func settle(reserved: Double, actual: Double) {
        credit += reserved - actual
        refunded += max(0, reserved - actual)
    }

    /// Units that will have become free `ahead` from now.
    package func available(within ahead: Duration, now: Timestamp) -> Double {
        credit(at: now, most: max(burst, credit)) + rate * ahead.inSeconds
    }

    /// Spends all that is saved up: the next leaves when it has saved up for itself.
    package mutating func drain(now: Timestamp) {
        credit = min(credit, 0)
        flowed = 0
        refunded = 0
        updated = max(updated, now)
    }

    private static let longestWait = 1e18

    /// The credit as it has grown by `now`, up to `most`. Looking changes nothing: a look that cut what is being saved
    /// up for a large cost would slow it down.
    private func credit(at now: Timestamp, most: Double) -> Double {
        let flow = now > updated ? flowed + now.seconds(since: updated) * rate : flowed
        return max(credit, min(most + refunded, credit + flow))
    }
}

/// A token bucket in whole numbers: no drift, however long it runs.
///
/// It fills continuously at a rate a minute, up to `burst`. An amount larger than the burst may pass when the bucket is
/// full, and leaves it in debt; so a burst of one second's worth still lets a large prompt through at the right pace.
/// Time is passed in, in nanoseconds of any clock that does not go back.
package struct TokenBucket: Sendable, Equatable {
    package let perMinute: Int
    package let burst: Int
    /// In parts of 1/60,000,000,000 token: at N a minute, N parts flow in each nanosecond.
    private var level: Int64
    private var updated: UInt64

    private static let partsPerToken: Int64 = 60_000_000_000
    /// What 64 bits hold with room for a debt of the same size.
    package static let maximumBurst = 70_000_000

    /// A full bucket. `perMinute` and the burst are at least 1; the burst is at most `maximumBurst`.
    package init(perMinute: Int, burstSeconds: Double, now: UInt64) {
        self.perMinute = min(max(perMinute, 1), 1_000_000_000)
        let wanted = Double(self.perMinute) / 60 * burstSeconds
        burst = Int(min(max(wanted, 1), Double(Self.maximumBurst)))
        level = Int64(burst) * Self.partsPerToken
        updated = now
    }

    /// Lets in what has flowed since the last call.
    package mutating func refill(now: UInt64) {
        guard now > updated else { return }
        let elapsed = now - updated
        updated = now
        if elapsed >= UInt64(nanosecondsUntilFull) {
            level = Int64(burst) * Self.partsPerToken
        } else {
            level += Int64(elapsed) * Int64(perMinute)
        }
    }

    /// How long until `amount` may pass, in nanoseconds; 0 when it may pass now.
    package func nanosecondsUntil(_ amount: Int) -> Int64 {
        nanoseconds(untilLevel: Int64(min(amount, burst)) * Self.partsPerToken)
    }

    /// Takes `amount` out; the caller has seen that `nanosecondsUntil(amount)` is 0.
    package mutating func take(_ amount: Int) {
        level -= Int64(min(amount, Self.maximumBurst)) * Self.partsPerToken
    }

    /// Whole tokens that may pass now.
    package var remaining: Int {
        level <= 0 ? 0 : Int(level / Self.partsPerToken)
    }

    package var nanosecondsUntilFull: Int64 {
        nanoseconds(untilLevel: Int64(burst) * Self.partsPerToken)
    }

    private func nanoseconds(untilLevel wanted: Int64) -> Int64 {
        guard wanted > level else { return 0 }
        let rate = Int64(perMinute)
        return (wanted - level + rate - 1) / rate
    }
}

/// What may still be used of a day's limit: any stretch of 24 hours stays within it. Pure: time is passed in.
///
/// Use is counted by the half hour, and given back when the half hour is a day old.
struct DayAllowance: Sendable {
    private static let slot: Int64 = 1_800_000_000_000
    private static let slots: Int64 = 49

    let limit: Double
    private var used: [(slot: Int64, amount: Double)] = []

    init(limit: Double) { self.limit = limit }

    /// - Parameter time: when it was used, perhaps by an earlier sitting.
    mutating func spend(_ amount: Double, at time: Timestamp) {
        let slot = Self.slot(of: time)
        used.removeAll { $0.slot <= slot - Self.slots }
        if let last = used.indices.last, used[last].slot >= slot {
            used[last].amount += amount
        } else {
            used.append((slot, amount))
        }
    }

    /// When `amount` fits: `now`, or later.
    ///
    /// Nothing larger than the whole limit ever fits; it is let through on a day of its own.
    func earliest(for amount: Double, now: Timestamp) -> Timestamp {
        let current = Self.slot(of: now)
        let counted = used.filter { $0.slot > current - Self.slots }
        var left = limit - counted.reduce(0) { $0 + $1.amount }
        let wanted = min(amount, limit)
        var earliest = now
        for entry in counted {
            if left >= wanted { break }
            left += entry.amount
            earliest = Timestamp(nanoseconds: (entry.slot + Self.slots) * Self.slot)
        }
        return max(now, earliest)
    }

    func available(now: Timestamp) -> Double {
        let current = Self.slot(of: now)
        return max(0, limit - used.reduce(0) { $0 + ($1.slot > current - Self.slots ? $1.amount : 0) })
    }

    private static func slot(of time: Timestamp) -> Int64 { time.nanoseconds / slot }
}

/// How many requests left in each eighth of a second of the newest minute, and how many of those were turned away.
struct DepartureLog: Sendable {
    private static let slot: Int64 = 125_000_000
    private static let slots = 512
    /// What the log remembers.
    static let memory = Duration.seconds(60)

    private var sent = [Int32](repeating: 0, count: slots)
    private var refused = [Int32](repeating: 0, count: slots)
    private var newest: Int64
    private let start: Timestamp

    init(now: Timestamp) {
        newest = now.nanoseconds / Self.slot
        start = now
    }

    mutating func left(_ now: Timestamp) {
        move(to: now)
        sent[Int(newest) % Self.slots] += 1
    }

    /// One that left at `time` was turned away, or never left after all.
    mutating func refused(leftAt time: Timestamp) {
        let slot = time.nanoseconds / Self.slot
        guard slot <= newest, slot > newest - Int64(Self.slots), slot >= 0 else { return }
        refused[Int(slot) % Self.slots] += 1
    }

    /// Requests that left since `time` and were not turned away, as far as is known.
    func accepted(since time: Timestamp) -> Int {
        let first = max(time.nanoseconds / Self.slot, newest - Int64(Self.slots) + 1, 0)
        guard first <= newest else { return 0 }
        var sum: Int32 = 0
        for slot in first...newest {
            let index = Int(slot) % Self.slots
            sum += max(0, sent[index] - refused[index])
        }
        return Int(sum)
    }

    /// Accepted requests a second, over a stretch that ends now: `shortest`, or as much longer as it takes to have seen
    /// `enough` of them.
    func rate(shortest: Duration, enough: Int, now: Timestamp) -> Double {
        var stretch = shortest
        while true {
            let since = max(now + (.zero - stretch), start)
            let count = accepted(since: since)
            if count >= enough || stretch >= Self.memory || since == start {
                return Double(count) / max(0.125, now.seconds(since: since))
            }
            stretch = min(stretch * 2, Self.memory)
        }
    }

    private mutating func move(to now: Timestamp) {
        let slot = now.nanoseconds / Self.slot
        guard slot > newest else { return }
        for skipped in max(newest + 1, slot - Int64(Self.slots) + 1)...slot {
            sent[Int(skipped) % Self.slots] = 0
            refused[Int(skipped) % Self.slots] = 0
        }
        newest = slot
    }
}

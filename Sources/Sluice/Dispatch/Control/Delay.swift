/// Until when a request has to wait, and what for.
struct Delay: Sendable, Equatable {
    private(set) var until: Timestamp
    private(set) var hold: Hold?

    init(now: Timestamp) { until = now }

    /// The longest wait is the one that counts.
    mutating func add(_ time: Timestamp, _ hold: Hold) {
        guard time > until else { return }
        until = time
        self.hold = hold
    }
}

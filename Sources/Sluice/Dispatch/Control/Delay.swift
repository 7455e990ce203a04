/// Until when a request has to wait, and what for.
struct Delay: Sendable, Equatable {
    private(set) var until: Timestamp
    private(set) var bound: Bound?

    init(now: Timestamp) { until = now }

    /// The longest wait is the one that counts.
    mutating func add(_ time: Timestamp, _ bound: Bound) {
        guard time > until else { return }
        until = time
        self.bound = bound
    }
}

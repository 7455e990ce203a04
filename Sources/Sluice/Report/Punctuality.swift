/// Whether a run will be done, or was done, by the time that its job asks for. Pure: time is passed in.
package struct Punctuality: Sendable, Equatable {
    package enum Verdict: Sendable, Equatable {
        /// Nobody can tell yet: nothing has been answered.
        case unknown
        case inTime
        /// By so much, as far as one can tell while rows are left.
        case late(by: Duration)
    }

    package let deadline: Timestamp

    package init(_ deadline: Timestamp) { self.deadline = deadline }

    /// - Parameter rate: rows settled a second.
    package func expected(rowsLeft: Int, rate: Double?, now: Timestamp) -> Verdict {
        if rowsLeft > 0, now >= deadline, rate == nil { return .late(by: now - deadline) }
        guard rowsLeft > 0 else { return verdict(of: now) }
        guard let rate, rate > 0 else { return .unknown }
        // A rate of next to nothing is years, which is as good as never.
        return verdict(of: now + .seconds(min(Double(rowsLeft) / rate, 1e9)))
    }

    package func verdict(of end: Timestamp) -> Verdict { end <= deadline ? .inTime : .late(by: end - deadline) }
}

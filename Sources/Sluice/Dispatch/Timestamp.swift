/// A moment, in nanoseconds since 1970 UTC; good until the year 2262.
package struct Timestamp: Comparable, Hashable, Sendable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package init(milliseconds: Int64) {
        let (scaled, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        nanoseconds = overflow ? (milliseconds < 0 ? .min : .max) : scaled
    }

    /// Whole milliseconds, the unit of the queue's columns.
    package var milliseconds: Int64 { nanoseconds / 1_000_000 }

    package static let distantFuture = Timestamp(nanoseconds: .max)

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanoseconds < right.nanoseconds }

    /// Saturates instead of trapping: durations can come from a response header.
    package static func + (left: Timestamp, right: Duration) -> Timestamp {
        let (sum, overflow) = left.nanoseconds.addingReportingOverflow(right.nanoseconds)
        return Timestamp(nanoseconds: overflow ? (right < .zero ? .min : .max) : sum)
    }

    package static func - (left: Timestamp, right: Timestamp) -> Duration {
        .nanoseconds(left.nanoseconds.subtractingReportingOverflow(right.nanoseconds).partialValue)
    }

    /// Seconds from `earlier` to this moment, without the 128 bits of a `Duration`.
    package func seconds(since earlier: Timestamp) -> Double {
        Double(nanoseconds.subtractingReportingOverflow(earlier.nanoseconds).partialValue) / 1e9
    }
}

extension Duration {
    /// The duration in whole nanoseconds, saturated at about 292 years.
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, overflowed) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflowed ? (seconds < 0 ? .min : .max) : sum
    }

    package var milliseconds: Int64 { nanoseconds / 1_000_000 }

    package var inSeconds: Double { Double(nanoseconds) / 1e9 }
}

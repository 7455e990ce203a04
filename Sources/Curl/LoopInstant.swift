#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A moment on the loop's clock: nanoseconds since a fixed but unknown origin.
///
/// The clock goes on while the machine sleeps: a request that was open when the lid was closed has used up its
/// time when the lid is opened again.
package struct LoopInstant: Comparable, Sendable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The moment that the system's clock shows now.
    package static func now() -> LoopInstant {
        #if canImport(Glibc)
            LoopInstant(nanoseconds: read(CLOCK_BOOTTIME))
        #else
            LoopInstant(nanoseconds: read(CLOCK_MONOTONIC))  // Darwin's goes on in sleep
        #endif
    }

    /// The clock that libcurl's own timers run by. Nanoseconds.
    static func libraryNow() -> Int64 {
        read(CLOCK_MONOTONIC)
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    package static func < (left: LoopInstant, right: LoopInstant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// Nanoseconds from another moment to this one.
    static func - (left: LoopInstant, right: LoopInstant) -> Int64 {
        left.nanoseconds - right.nanoseconds
    }
}

extension Duration {
    /// Whole nanoseconds, held to what 64 bits take.
    var clampedNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, carried) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return carried ? (seconds < 0 ? .min : .max) : sum
    }
}

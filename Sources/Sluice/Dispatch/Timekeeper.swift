#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where the runner reads the time and waits for it, so that a test can move it by hand.
package protocol Timekeeper: Sendable {
    func now() -> Timestamp

    /// Returns at `deadline`, or throws `CancellationError`.
    func sleep(until deadline: Timestamp) async throws
}

/// The wall clock as it stood at the start, carried on by the continuous clock: it never jumps when somebody sets the
/// wall clock, and it goes on while the machine sleeps.
package struct SystemTimekeeper: Timekeeper {
    private let wallStart: Int64
    private let continuousStart: Int64

    package init() {
        wallStart = Self.read(CLOCK_REALTIME)
        continuousStart = Self.read(Self.continuous)
    }

    package func now() -> Timestamp {
        Timestamp(nanoseconds: wallStart + (Self.read(Self.continuous) - continuousStart))
    }

    package func sleep(until deadline: Timestamp) async throws {
        let wait = deadline - now()
        guard wait > .zero else { return }
        try await Task.sleep(for: wait, tolerance: .zero, clock: .continuous)
    }

    #if canImport(Glibc)
        private static var continuous: clockid_t { CLOCK_BOOTTIME }
    #else
        private static var continuous: clockid_t { CLOCK_MONOTONIC_RAW }
    #endif

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

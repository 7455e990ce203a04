import Synchronization

@testable import Sluice

/// A clock that stands still until somebody waits, and is then at once where the wait ends: a minute's backoff takes
/// no time and still is a minute for whoever reads the clock.
final class FlyingTimekeeper: Timekeeper {
    private let time = Mutex(Timestamp(milliseconds: 1_800_000_000_000))

    func now() -> Timestamp { time.withLock { $0 } }

    func sleep(until deadline: Timestamp) async throws {
        try Task.checkCancellation()
        time.withLock { $0 = max($0, deadline) }
        await Task.yield()
    }

    func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }
}

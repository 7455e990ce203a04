import Curl
import Synchronization

/// A clock that stands still until it is moved.
final class HandClock: Sendable {
    private let nanoseconds = Atomic<Int64>(1_000_000_000_000)

    func advance(by duration: Duration) {
        let (seconds, attoseconds) = duration.components
        nanoseconds.add(seconds * 1_000_000_000 + attoseconds / 1_000_000_000, ordering: .sequentiallyConsistent)
    }

    var read: @Sendable () -> LoopInstant {
        { [self] in LoopInstant(nanoseconds: nanoseconds.load(ordering: .sequentiallyConsistent)) }
    }
}

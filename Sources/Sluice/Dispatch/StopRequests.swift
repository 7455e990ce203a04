import Synchronization

/// The wishes of a person, or of the system, that a run stop: the first drains, the second gives up. Any thread may
/// ask.
package final class StopRequests: Sendable {
    /// One element for each wish.
    package let wishes: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let count = Atomic<Int>(0)
    private let heard = Atomic<Bool>(false)

    package init() {
        (wishes, continuation) = AsyncStream.makeStream(of: Void.self)
    }

    package func ask() {
        count.add(1, ordering: .relaxed)
        continuation.yield()
    }

    package var isAsked: Bool { timesAsked > 0 }

    package var timesAsked: Int { count.load(ordering: .relaxed) }

    /// Somebody acts upon the wish. It may take a while for somebody who waits for input.
    package var isHeard: Bool { heard.load(ordering: .relaxed) }

    package func hear() { heard.store(true, ordering: .relaxed) }
}

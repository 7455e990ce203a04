import Synchronization

/// A request that has not reached a handle yet.
struct Submission: Sendable {
    var body: [UInt8]
    var profile: TransferProfile
    var extraHeaders: HeaderList?
    var ticket: Ticket
    /// Resumed exactly once: by the engine's `finish`, or where the request is refused before it starts.
    var continuation: UnsafeContinuation<TransferResult, Never>
}

/// What a waiting `send` and the loop share of one request: whether its task was cancelled.
///
/// The canceller writes first and then wakes the loop; the loop looks when it starts a request and when it is woken.
/// So a cancellation is seen whichever comes first.
final class Ticket: Sendable {
    private let flag = Atomic<Bool>(false)

    var isCancelled: Bool { flag.load(ordering: .acquiring) }

    func cancel() { flag.store(true, ordering: .releasing) }
}

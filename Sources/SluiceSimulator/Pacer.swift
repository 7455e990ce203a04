import NIOCore

/// Runs closures later on one event loop, those of one millisecond together.
///
/// With thousands of answers in flight a timer for each would cost as much as the answers do. Delays therefore end on
/// whole milliseconds of the clock, up to one later than asked. It belongs to its loop's thread. Nothing is cancelled:
/// a closure looks whether it is still wanted.
final class Pacer {
    private let loop: NIOIsolatedEventLoop
    /// By the millisecond in which they are due.
    private var due: [UInt64: [() -> Void]] = [:]

    private static let tick: UInt64 = 1_000_000

    init(loop: NIOIsolatedEventLoop) {
        self.loop = loop
    }

    /// Runs the closure `delay` nanoseconds from now.
    func schedule(after delay: Int64, _ body: @escaping () -> Void) {
        let end = NIODeadline.now() + .nanoseconds(delay)
        let moment = (end.uptimeNanoseconds + Self.tick - 1) / Self.tick
        due[moment, default: []].append(body)
        guard due[moment]?.count == 1 else { return }
        loop.scheduleTask(deadline: .uptimeNanoseconds(moment * Self.tick)) {
            for body in self.due.removeValue(forKey: moment) ?? [] { body() }
        }
    }
}

/// A wish that somebody looks again, for one waiter; confined to the actor that owns it.
///
/// Wishes made while nobody waits are kept, as one.
final class Pulse {
    private var isWanted = false
    /// Resumed exactly once: `signal` takes it out first, and there is but one waiter.
    private var waiter: UnsafeContinuation<Void, Never>?

    func signal() {
        if let waiter {
            self.waiter = nil
            waiter.resume()
        } else {
            isWanted = true
        }
    }

    /// Returns when `signal()` has been called since the last return.
    func wait() async {
        if isWanted {
            isWanted = false
            return
        }
        await withUnsafeContinuation { waiter = $0 }
    }
}

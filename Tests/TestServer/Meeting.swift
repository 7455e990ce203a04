import Synchronization

/// Holds the first who come until so many have: then all of them are there at once. Those who come later pass.
package final class Meeting: Sendable {
    private let missing: Mutex<Int>
    private let complete = Gate()

    package init(of count: Int) { missing = Mutex(count) }

    /// Blocks the calling thread.
    package func join() {
        let left = missing.withLock { missing in
            missing -= 1
            return missing
        }
        if left == 0 { complete.open() }
        complete.block()
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A lock with a condition: who holds the lock can wait until another thread has changed something under it.
package final class Condition: @unchecked Sendable {
    // Proof of @unchecked: the two never move while anybody holds this object, and the system serialises calls on them.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>

    package init() {
        mutex = .allocate(capacity: 1)
        changed = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Runs `body` with the lock held; not to be called within itself.
    package func locked<R, Failure: Error>(_ body: () throws(Failure) -> R) throws(Failure) -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body()
    }

    /// Within `locked`: gives the lock up until a thread signals, or for no reason at all: look again at what is awaited.
    package func wait() { pthread_cond_wait(changed, mutex) }

    /// Within `locked`: wakes all who wait.
    package func signal() { pthread_cond_broadcast(changed) }
}

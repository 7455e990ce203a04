import SQLite
import Threads

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Copies the write-ahead log into the queue's file on a thread of its own, beside the planning that fills the log:
/// whoever plans need not wait for the disk. The file and the log are synced as at any checkpoint.
///
/// While a transaction follows upon another the log is never wholly copied, so that it grows; `finish`, called between
/// two of them, copies all of it, upon which SQLite begins it anew.
///
/// A checkpoint that begins just as a writer begins the log anew can damage the file, up to SQLite 3.51.2
/// (https://sqlite.org/wal.html#walresetbug). Of the two connections of one planning that cannot be: `ask` follows upon
/// a commit that began while this was idle, so that the log holds what is not copied yet, and nobody begins it anew.
///
/// `@unchecked Sendable`: all variables are touched only while `mutex` is held; it and the condition stay at their
/// addresses until the thread has let go of this object.
final class PlanCheckpoints: @unchecked Sendable {
    private let path: String
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private var isAsked = false
    private var isEnded = false
    private var isBroken = false
    private var logPages = 0

    init(path: String) {
        self.path = path
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

    /// - Returns: the thread, which ends after `end`.
    func start() throws -> pthread_t { try SystemThread.start("plan-checkpoint") { self.run() } }

    // MARK: The thread that plans

    /// Nothing is asked for, and nothing is being done.
    var isIdle: Bool { locked { !isAsked } }

    /// The log could not be copied: whoever commits is to see to it, and to tell what is wrong.
    var hasFailed: Bool { locked { isBroken } }

    /// Pages of the log when it was last looked at; 0 since `finish`.
    var pages: Int { locked { logPages } }

    /// Has the log copied, and does not wait for it. To be called after a commit before which `isIdle` was true.
    func ask() {
        locked {
            isAsked = true
            pthread_cond_broadcast(changed)
        }
    }

    /// Has all of the log copied, and waits for it. To be called while no transaction is open.
    ///
    /// - Returns: pages of the log, from which on it begins anew unless somebody reads it still.
    @discardableResult
    func finish() -> Int {
        locked {
            while isAsked { pthread_cond_wait(changed, mutex) }
            isAsked = true
            pthread_cond_broadcast(changed)
            while isAsked { pthread_cond_wait(changed, mutex) }
            defer { logPages = 0 }
            return logPages
        }
    }

    /// The thread ends, after what it is at.
    func end() {
        locked {
            isEnded = true
            pthread_cond_broadcast(changed)
        }
    }

    // MARK: The thread that copies

    private func run() {
        var database: Database?
        while wait() {
            do {
                let open = try database ?? open()
                database = open
                tell(pages: try open.checkpoint())
            } catch {
                tell(pages: nil)
            }
        }
    }

    private func open() throws -> Database {
        let database = try Database(path: path, mode: .readWrite)
        try database.execute("PRAGMA synchronous = NORMAL")
        // The first reading opens the log.
        _ = try database.integer("PRAGMA user_version")
        return database
    }

    /// - Returns: false where there is no more to do.
    private func wait() -> Bool {
        locked {
            while !isAsked, !isEnded { pthread_cond_wait(changed, mutex) }
            return isAsked
        }
    }

    private func tell(pages: Int?) {
        locked {
            logPages = pages ?? 0
            isBroken = pages == nil
            isAsked = false
            pthread_cond_broadcast(changed)
        }
    }

    private func locked<R>(_ body: () -> R) -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}

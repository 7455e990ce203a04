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
/// Proof of @unchecked: all variables are touched within `condition.locked` alone.
final class PlanCheckpoints: @unchecked Sendable {
    private let path: String
    private let condition = Condition()
    private var isAsked = false
    private var isEnded = false
    private var isBroken = false
    private var logPages = 0

    init(path: String) { self.path = path }

    /// - Returns: the thread, which ends after `end`.
    func start() throws -> pthread_t { try SystemThread.start("plan-checkpoint") { self.run() } }

    // MARK: The thread that plans

    /// Nothing is asked for, and nothing is being done.
    var isIdle: Bool { condition.locked { !isAsked } }

    /// The log could not be copied: whoever commits is to see to it, and to tell what is wrong.
    var hasFailed: Bool { condition.locked { isBroken } }

    /// Pages of the log when it was last looked at; 0 since `finish`.
    var pages: Int { condition.locked { logPages } }

    /// Has the log copied, and does not wait for it. To be called after a commit before which `isIdle` was true.
    func ask() {
        condition.locked {
            isAsked = true
            condition.signal()
        }
    }

    /// Has all of the log copied, and waits for it. To be called while no transaction is open.
    ///
    /// - Returns: pages of the log, from which on it begins anew unless somebody reads it still.
    @discardableResult
    func finish() -> Int {
        condition.locked {
            while isAsked { condition.wait() }
            isAsked = true
            condition.signal()
            while isAsked { condition.wait() }
            defer { logPages = 0 }
            return logPages
        }
    }

    /// The thread ends, after what it is at.
    func end() {
        condition.locked {
            isEnded = true
            condition.signal()
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
        condition.locked {
            while !isAsked, !isEnded { condition.wait() }
            return isAsked
        }
    }

    private func tell(pages: Int?) {
        condition.locked {
            logPages = pages ?? 0
            isBroken = pages == nil
            isAsked = false
            condition.signal()
        }
    }
}

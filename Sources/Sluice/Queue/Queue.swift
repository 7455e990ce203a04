import SQLite

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The SQLite file that holds runs, requests, attempts and results.
///
/// One connection, used by one thread at a time. Other processes may read the file at any moment (WAL); only one
/// process at a time sends a run's requests, which `RunLock` sees to.
package final class Queue {
    package enum Durability: String, Sendable, CaseIterable {
        /// A committed result survives a power cut.
        case full
        /// A committed result survives a crash of the program, but a power cut may take the last seconds.
        case normal
    }

    /// Of the run that was recorded last. Before the connection, as it goes before it.
    private var newestLedger: LedgerStatements?
    let database: Database
    private let durability: Durability

    package var path: String { database.path }

    /// Bytes of a page of a new queue; one that is there keeps its own. SQLite writes and copies page by page: twice its usual
    /// size takes a third of the system calls from each row, and more answers lie in one page. With still larger ones a visit
    /// that records little would write much.
    private static let pageBytes = 8192

    /// Checkpoints of 16 MiB: each one rewrites the pages that many commits have touched in between.
    private static let bytesPerCheckpoint = 16 << 20

    /// Opens the queue for a run, creating file and folder, for their owner's eyes only, where there are none.
    package init(path: String, durability: Durability = .full) throws {
        try Self.createPrivately(path)
        self.durability = durability
        database = try Database(path: path, mode: .readWrite)
        try Self.checkOwner(database)
        try database.execute("PRAGMA page_size = \(Self.pageBytes)")
        try Self.switchToWAL(database)
        try database.migrate(QueueSchema.migrations, applicationID: QueueSchema.applicationID)
        // The pages of the indexes that planning and claiming touch; it does not grow with the rows.
        try database.execute("PRAGMA cache_size = -16384")
        try Self.checkpointAutomatically(database)
        try database.execute("PRAGMA journal_size_limit = 67108864")
        // The checks of the schema keep other programs' hands from doing harm. What this one writes comes from types that hold
        // nothing else, and each check of a name against a list costs SQLite a table made for it: a third of a record.
        try database.execute("PRAGMA ignore_check_constraints = ON")
        try setSynchronous(durability)
    }

    /// Opens an existing queue to look at it. Nothing is written to it.
    package init(reading path: String) throws {
        guard access(path, F_OK) == 0 else { throw QueueError.noQueue(path: path) }
        durability = .full
        database = try Database(path: path, mode: .readOnly)
        try Self.checkOwner(database)
        guard try database.integer("SELECT count(*) FROM sqlite_schema") ?? 0 > 0 else {
            throw QueueError.noQueue(path: path)
        }
        guard try database.integer("PRAGMA user_version") == Int64(QueueSchema.migrations.count) else {
            throw QueueError.olderSchema(path: path)
        }
    }

    /// A queue in memory, for a plan where there is no file yet.
    package init(inMemory: Void) throws {
        durability = .full
        database = try Database(path: ":memory:", mode: .readWrite)
        try database.migrate(QueueSchema.migrations, applicationID: QueueSchema.applicationID)
    }

    /// What a run's attempts are recorded with.
    func ledger(of run: Int64) throws -> LedgerStatements {
        if let newestLedger, newestLedger.run == run { return newestLedger }
        let made = try LedgerStatements(database, run: run)
        newestLedger = made
        return made
    }

    /// Two programs that make a queue at the same moment: for this switch SQLite does not wait by itself
    /// (https://sqlite.org/pragma.html#pragma_journal_mode).
    private static func switchToWAL(_ database: Database) throws {
        var attempts = 0
        while true {
            do throws(SQLiteError) {
                try database.execute("PRAGMA journal_mode = WAL")
                return
            } catch {
                attempts += 1
                guard error.isBusy, attempts < 500 else { throw error }
                usleep(20_000)
            }
        }
    }

    private static func checkOwner(_ database: Database) throws {
        do {
            try database.checkOwner(QueueSchema.migrations, applicationID: QueueSchema.applicationID)
        } catch let error as SQLiteError where error.isCorruption {
            throw QueueError.notADatabase(path: database.path)
        }
    }

    static func checkpointAutomatically(_ database: Database) throws {
        try database.execute("PRAGMA wal_autocheckpoint = \(bytesPerCheckpoint / database.pageBytes())")
    }

    private func setSynchronous(_ durability: Durability) throws {
        try database.execute("PRAGMA synchronous = \(durability == .full ? "FULL" : "NORMAL")")
    }

    /// Runs `body` with commits that do not wait for the disk, and ends with one that does: for work whose last
    /// transaction is the only one that counts, such as planning.
    func deferringDurability<R>(_ body: () throws -> R, last: (R) throws -> Void) throws {
        try setSynchronous(.normal)
        let result: R
        do {
            result = try body()
        } catch {
            // The first error is the one to tell.
            try? setSynchronous(durability)
            throw error
        }
        try setSynchronous(durability)
        try last(result)
    }

    /// SQLite would create the file by the process's umask; a queue holds prompts and answers. The WAL files take
    /// the permissions of the file they belong to.
    private static func createPrivately(_ path: String) throws(QueueError) {
        for slash in path.indices where path[slash] == "/" && slash != path.startIndex {
            let folder = String(path[..<slash])
            if mkdir(folder, 0o700) != 0, errno != EEXIST { throw .cannotCreate(path: folder, errno: errno) }
        }
        // A file that is there stays untouched: closing any descriptor of it would drop the locks that SQLite holds on it
        // in this process (https://sqlite.org/howtocorrupt.html, "posix advisory locks").
        let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if file < 0, errno == EEXIST { return }
        guard file >= 0 else { throw .cannotCreate(path: path, errno: errno) }
        close(file)
    }
}

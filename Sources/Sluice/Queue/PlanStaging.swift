import SQLite
import Threads

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The transactions in which a plan is staged, and the mark that says that rows of one lie about.
///
/// A commit every so many rows or bytes keeps the write-ahead log, and so memory and disk, bounded.
final class PlanStaging {
    private enum Transaction {
        case none
        /// Of temporary tables alone, beside which the queue is read.
        case reading
        case writing
    }

    private static let rowsPerTransaction = 5000
    private static let bytesPerTransaction = 16 << 20
    /// What a row takes beside its body, in tables and indexes.
    private static let bytesBesideBody = 150
    /// So much is written before the log is copied, once more and beside the writing.
    private static let bytesPerCheckpoint = 8 << 20
    /// From here on the writing waits for the copying, upon which the log begins anew.
    private static let largestLog = 64 << 20

    private let database: Database
    private let run: RunRecord
    /// The states of the rows written last; made for the first of them.
    private var states: PlanStates?
    private var rows = 0
    private var bytes = 0
    private var transaction = Transaction.none
    /// The run is marked as being planned: rows of the next revision may lie about until they are put in force.
    private var isMarked = false
    /// Written since the log was last to be copied.
    private var uncopied = 0
    private var canCopy = true
    private var checkpoints: (work: PlanCheckpoints, thread: pthread_t, pageBytes: Int)?

    init(_ database: Database, run: RunRecord) {
        self.database = database
        self.run = run
    }

    deinit { endCheckpointThread() }

    /// Opens a transaction in which nothing is written but what is noted aside. Without it each note would be a
    /// transaction of its own, and each look at the queue would take and drop its lock.
    func beginReading() throws {
        guard transaction == .none else { return }
        try database.execute("BEGIN")
        transaction = .reading
    }

    /// Opens a transaction that writes, where none is open.
    func begin() throws {
        if transaction == .writing { return }
        try flush()
        if !isMarked {
            // A later plan clears away what this one stages, should it die.
            try mark(planning: true)
            isMarked = true
        }
        try database.execute("BEGIN IMMEDIATE")
        transaction = .writing
    }

    /// Takes the state of a request that was just written.
    func add(request: Int64, position: Int, line: Int, priority: Int) throws {
        let states = try self.states ?? PlanStates(database, run: run.id)
        self.states = states
        try states.add(request: request, position: position, line: line, priority: priority)
    }

    /// Writes the states that wait for others, so that they can be found.
    func writeStates() throws { try states?.writeAll() }

    /// Counts rows that were written, or noted to be.
    func count(rows: Int = 1, bytes: Int) throws {
        self.rows += rows
        self.bytes += bytes
        if self.rows >= Self.rowsPerTransaction || self.bytes >= Self.bytesPerTransaction { try flush() }
    }

    func flush() throws {
        guard transaction != .none else { return }
        try writeStates()
        // Notes set aside have no bytes, and do not go through the log.
        let isLogged = transaction == .writing && bytes > 0
        if isLogged { uncopied += bytes + rows * Self.bytesBesideBody }
        let isDue = try isLogged && uncopied >= Self.bytesPerCheckpoint && mayCopy()
        try database.execute("COMMIT")
        transaction = .none
        rows = 0
        bytes = 0
        if isDue { copyLog() }
    }

    /// Nothing more is staged: whoever commits sees to the log again.
    func endCheckpoints() throws {
        guard checkpoints != nil else { return }
        endCheckpointThread()
        try Queue.checkpointAutomatically(database)
    }

    private func endCheckpointThread() {
        guard let (work, thread, _) = checkpoints.take() else { return }
        work.end()
        SystemThread.join(thread)
    }

    /// Whether the commit that is to come can have the log copied beside the writing, which from the first time on no
    /// commit does itself.
    private func mayCopy() throws -> Bool {
        if let checkpoints {
            guard checkpoints.work.hasFailed else { return checkpoints.work.isIdle || uncopied >= Self.largestLog }
            try endCheckpoints()
            canCopy = false
        }
        guard canCopy else { return false }
        let work = PlanCheckpoints(path: database.path)
        // Where there is no thread to be had, the commits go on doing it.
        guard let thread = try? work.start() else {
            canCopy = false
            return false
        }
        checkpoints = (work, thread, try database.pageBytes())
        try database.execute("PRAGMA wal_autocheckpoint = 0")
        return true
    }

    private func copyLog() {
        guard let checkpoints else { return }
        if max(uncopied, checkpoints.work.pages * checkpoints.pageBytes) < Self.largestLog {
            checkpoints.work.ask()
        } else {
            checkpoints.work.finish()
        }
        uncopied = 0
    }

    /// Takes back what was staged.
    func abandon() throws {
        database.rollBack()
        states?.removeAll()
        transaction = .none
        try endCheckpoints()
        if isMarked { try clear() }
    }

    /// Clears away what a plan before this one has left.
    func clear() throws {
        try database.transaction {
            for sql in PlanWriter.clear {
                let statement = try database.statement(sql)
                try statement.bind(1, run.id)
                try statement.bind(2, run.revision)
                try statement.run()
            }
            try mark(planning: false)
        }
    }

    private func mark(planning: Bool) throws {
        let update = try database.statement("UPDATE runs SET planning = ?2 WHERE id = ?1")
        try update.bind(1, run.id)
        try update.bind(2, planning ? 1 : 0)
        try update.run()
    }
}

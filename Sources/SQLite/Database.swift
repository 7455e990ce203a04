import CSQLite

/// One connection to a SQLite file, with its prepared statements.
///
/// A connection is used by one thread at a time and is not `Sendable`: whoever opens it keeps it. Statements are
/// prepared once and kept by their SQL text until the connection closes.
package final class Database {
    package enum Mode: Sendable {
        case readWrite
        case readOnly
    }

    let handle: OpaquePointer
    package let path: String
    private var prepared: [StatementText: Statement] = [:]

    /// SQLite counts its memory by default, under a lock at each allocation; nobody asks for the count. It must be told
    /// before its first use (https://sqlite.org/c3ref/c_config_covering_index_scan.html#sqliteconfigmemstatus), and where
    /// another library was faster it goes on counting.
    private static let isConfigured = sluice_config_without_memory_statistics() == SQLITE_OK

    /// Opens `path`; read-write mode creates the file where there is none.
    ///
    /// - Parameter busyTimeout: how long a call waits for another process's lock.
    package init(path: String, mode: Mode, busyTimeout: Duration = .seconds(10)) throws(SQLiteError) {
        _ = Self.isConfigured
        var opened: OpaquePointer?
        let access = mode == .readWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY
        // The connection is confined to one thread, so SQLite's own mutexes would only cost.
        let code = sqlite3_open_v2(path, &opened, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard code == SQLITE_OK, let opened else {
            let message = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(opened)
            throw SQLiteError(code: code, message: message, context: "open \(path)")
        }
        handle = opened
        self.path = path
        let milliseconds =
            busyTimeout.components.seconds * 1000
            + busyTimeout.components.attoseconds / 1_000_000_000_000_000
        sqlite3_busy_timeout(handle, Int32(clamping: milliseconds))
    }

    deinit {
        // Statements are finalized first; close_v2 would otherwise leave the connection open behind them.
        prepared.removeAll()
        sqlite3_close_v2(handle)
    }

    /// Runs SQL that gives no rows, such as schema or pragmas.
    package func execute(_ sql: String) throws(SQLiteError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code, context: Self.summary(of: sql)) }
    }

    /// The statement for `sql`, prepared at its first use. Two users of the same text share it, so it is used to its
    /// end (or reset) before the next use.
    package func statement(_ sql: String) throws(SQLiteError) -> Statement {
        let text = StatementText(sql: sql)
        if let known = prepared[text] { return known }
        let made = try Statement(sql, in: self)
        prepared[text] = made
        return made
    }

    /// A statement that the caller keeps and nobody else uses: its bindings stay from one run to the next.
    package func ownStatement(_ sql: String) throws(SQLiteError) -> Statement { try Statement(sql, in: self) }

    /// The first column of the first row as an integer; nil where there is no row or it is NULL.
    package func integer(_ sql: String) throws(SQLiteError) -> Int64? {
        let statement = try Statement(sql, in: self)
        return try statement.step() ? statement.optionalInteger(0) : nil
    }

    /// Bytes of a page of the file.
    package func pageBytes() throws(SQLiteError) -> Int { try integer("PRAGMA page_size").map { Int($0) } ?? 4096 }

    /// Runs `body` in one write transaction, which takes the write lock at once so that it cannot fail half-way for
    /// want of it. An error rolls everything back and is the one that the caller sees.
    package func transaction<R>(_ body: () throws -> R) throws -> R {
        try statement("BEGIN IMMEDIATE").run()
        do {
            let result = try body()
            try statement("COMMIT").run()
            return result
        } catch {
            rollBack()
            throw error
        }
    }

    /// Runs `body` against one unchanging view of the file.
    package func readTransaction<R>(_ body: () throws -> R) throws -> R {
        try execute("BEGIN")
        defer { rollBack() }
        return try body()
    }

    /// Rolls back where a transaction is open, and says nothing of it.
    ///
    /// Some errors (full disk, I/O) have SQLite roll back by itself; a second ROLLBACK would then hide the first
    /// error behind "no transaction is active" (https://sqlite.org/lang_transaction.html).
    package func rollBack() {
        guard sqlite3_get_autocommit(handle) == 0 else { return }
        sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
    }

    /// The row id of the newest row inserted over this connection.
    package var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }

    /// How many rows the newest INSERT, UPDATE or DELETE changed.
    package var changes: Int64 { sqlite3_changes64(handle) }

    /// Copies what the write-ahead log holds into the database file as far as nobody stands in the way, without waiting.
    ///
    /// - Returns: pages in the log, copied ones included; 0 where another connection is at it.
    package func checkpoint() throws(SQLiteError) -> Int {
        var pages: Int32 = 0
        let code = sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, &pages, nil)
        guard code == SQLITE_OK || code & 0xFF == SQLITE_BUSY else { throw error(code, context: "checkpoint") }
        return max(Int(pages), 0)
    }

    func error(_ code: Int32, context: String) -> SQLiteError {
        SQLiteError(code: code, message: String(cString: sqlite3_errmsg(handle)), context: context, path: path)
    }

    /// The first words of a statement, for messages.
    static func summary(of sql: String) -> String {
        let words = sql.split(whereSeparator: { $0 == " " || $0 == "\n" }).prefix(4)
        return words.joined(separator: " ")
    }
}

/// A statement's text as a key. Texts are long, and few of them are of one length: they are told apart by that first. The
/// one that is looked for is nearly always the one that is there, at the same place in memory.
private struct StatementText: Hashable {
    let sql: String

    func hash(into hasher: inout Hasher) { hasher.combine(sql.utf8.count) }
}

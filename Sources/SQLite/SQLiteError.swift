import CSQLite

/// What SQLite said of a call that failed: its extended result code, its own words and what was being done.
package struct SQLiteError: Error, Sendable, CustomStringConvertible {
    /// The extended result code, such as `SQLITE_IOERR_WRITE` (https://sqlite.org/rescode.html).
    package let code: Int32
    /// SQLite's message. It names tables and columns, never bound values.
    package let message: String
    /// What the caller was doing, such as "open .sluice/queue.db".
    package let context: String
    /// The database file.
    package let path: String

    package init(code: Int32, message: String, context: String, path: String = "") {
        self.code = code
        self.message = message
        self.context = context
        self.path = path
    }

    package var description: String {
        let words = "\(context): \(message) (SQLite code \(code))"
        if isStorageTrouble || isBusy, !path.isEmpty { return "\(path): \(words)" }
        guard isCorruption else { return words }
        return "\(path) is damaged: \(words); it is left as it is. Keep a copy of it; "
            + "`sluice export --salvage` writes what can still be read of a run's results"
    }

    private var primaryCode: Int32 { code & 0xFF }

    /// Another process holds the lock that this call needed, for longer than the busy timeout.
    package var isBusy: Bool { primaryCode == SQLITE_BUSY || primaryCode == SQLITE_LOCKED }

    /// There is no room, or the file system failed: the same call may succeed once that is mended.
    package var isStorageTrouble: Bool { primaryCode == SQLITE_FULL || primaryCode == SQLITE_IOERR }

    /// The file is not a database or its pages contradict each other.
    package var isCorruption: Bool { primaryCode == SQLITE_CORRUPT || primaryCode == SQLITE_NOTADB }
}

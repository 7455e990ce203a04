import CSQLite

/// What SQLite said of a call that failed: its extended result code, its own words and what was being done.
package struct SQLiteError: Error, Sendable, CustomStringConvertible {
    /// The extended result code, such as `SQLITE_IOERR_WRITE` (https://sqlite.org/rescode.html).
    package let code: Int32
    /// SQLite's message. It names tables and columns, never bound values.
    package let message: String
    /// What the caller was doing, such as "open .sluice/queue.db".
    package let context: String

    package init(code: Int32, message: String, context: String) {
        self.code = code
        self.message = message
        self.context = context
    }

    package var description: String { "\(context): \(message) (SQLite code \(code))" }

    private var primaryCode: Int32 { code & 0xFF }

    /// Another process holds the lock that this call needed, for longer than the busy timeout.
    package var isBusy: Bool { primaryCode == SQLITE_BUSY || primaryCode == SQLITE_LOCKED }

    /// There is no room, or the file system failed: the same call may succeed once that is mended.
    package var isStorageTrouble: Bool { primaryCode == SQLITE_FULL || primaryCode == SQLITE_IOERR }

    /// The file is not a database or its pages contradict each other.
    package var isCorruption: Bool { primaryCode == SQLITE_CORRUPT || primaryCode == SQLITE_NOTADB }
}

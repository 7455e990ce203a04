import CSQLite

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A prepared statement: bind by 1-based index, step, read columns by 0-based index.
///
/// Used on its connection's thread only. Values bound by `bind` are copied by SQLite; `withBorrowed…` lends bytes for
/// the length of a closure without a copy.
package final class Statement {
    private let handle: OpaquePointer
    private unowned let database: Database

    init(_ sql: String, in database: Database) throws(SQLiteError) {
        var made: OpaquePointer?
        let code = sqlite3_prepare_v3(database.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &made, nil)
        guard code == SQLITE_OK, let made else {
            throw database.error(code, context: Database.summary(of: sql))
        }
        handle = made
        self.database = database
    }

    deinit { sqlite3_finalize(handle) }

    // MARK: Binding

    package func bind(_ index: Int32, _ value: Int64) throws(SQLiteError) {
        try check(sqlite3_bind_int64(handle, index, value))
    }

    package func bind(_ index: Int32, _ value: Int) throws(SQLiteError) {
        try check(sqlite3_bind_int64(handle, index, Int64(value)))
    }

    package func bind(_ index: Int32, _ value: Int64?) throws(SQLiteError) {
        try check(value.map { sqlite3_bind_int64(handle, index, $0) } ?? sqlite3_bind_null(handle, index))
    }

    package func bind(_ index: Int32, _ value: Int?) throws(SQLiteError) {
        try bind(index, value.map(Int64.init))
    }

    package func bind(_ index: Int32, _ text: String) throws(SQLiteError) {
        var text = text
        let code = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                sluice_bind_text_copied(handle, index, $0.baseAddress ?? Self.nothing, UInt64($0.count))
            }
        }
        try check(code)
    }

    package func bind(_ index: Int32, _ text: String?) throws(SQLiteError) {
        if let text { try bind(index, text) } else { try check(sqlite3_bind_null(handle, index)) }
    }

    package func bind(_ index: Int32, blob bytes: [UInt8]) throws(SQLiteError) {
        let code = bytes.withUnsafeBytes {
            sluice_bind_blob_copied(handle, index, $0.baseAddress ?? Self.nothingRaw, UInt64($0.count))
        }
        try check(code)
    }

    package func bind(_ index: Int32, blob bytes: UnsafeRawBufferPointer) throws(SQLiteError) {
        try check(
            sluice_bind_blob_copied(handle, index, bytes.baseAddress ?? Self.nothingRaw, UInt64(bytes.count)))
    }

    package func bind(_ index: Int32, _ value: Double?) throws(SQLiteError) {
        try check(value.map { sqlite3_bind_double(handle, index, $0) } ?? sqlite3_bind_null(handle, index))
    }

    package func bindNull(_ index: Int32) throws(SQLiteError) {
        try check(sqlite3_bind_null(handle, index))
    }

    /// Lends `bytes` to parameter `index` while `body` runs, which must step the statement to its end; after it the
    /// parameter is NULL, so that SQLite keeps no pointer.
    ///
    /// - Parameter asText: the bytes are UTF-8 text, which the caller has checked.
    package func withBorrowed<R>(
        _ index: Int32, _ bytes: [UInt8], asText: Bool, _ body: () throws -> R
    ) throws -> R {
        try bytes.withUnsafeBytes { raw in
            try bindBorrowed(index, raw, asText: asText)
            defer {
                sqlite3_reset(handle)
                sqlite3_bind_null(handle, index)
            }
            return try body()
        }
    }

    /// Bytes for one parameter.
    package struct Lent {
        package var index: Int32
        package var bytes: [UInt8]
        /// They are UTF-8 text, which the caller has checked.
        package var asText: Bool

        package init(_ index: Int32, _ bytes: [UInt8], asText: Bool) {
            self.index = index
            self.bytes = bytes
            self.asText = asText
        }
    }

    /// Lends all of `values`, a few dozen at most, while `body` runs, which must step the statement to its end; after it
    /// their parameters are NULL, so that SQLite keeps no pointer.
    package func withBorrowed<R>(_ values: [Lent], _ body: () throws -> R) throws -> R {
        defer {
            sqlite3_reset(handle)
            for value in values { sqlite3_bind_null(handle, value.index) }
        }
        return try lend(values[...], body)
    }

    /// One within the other: the bytes of an array have an address for the length of a closure.
    private func lend<R>(_ values: ArraySlice<Lent>, _ body: () throws -> R) throws -> R {
        guard let value = values.first else { return try body() }
        return try value.bytes.withUnsafeBytes { raw in
            try bindBorrowed(value.index, raw, asText: value.asText)
            return try lend(values.dropFirst(), body)
        }
    }

    private func bindBorrowed(_ index: Int32, _ bytes: UnsafeRawBufferPointer, asText: Bool) throws(SQLiteError) {
        let start = bytes.baseAddress ?? Self.nothingRaw
        try check(
            asText
                ? sluice_bind_text_borrowed(
                    handle, index, start.assumingMemoryBound(to: CChar.self), UInt64(bytes.count))
                : sluice_bind_blob_borrowed(handle, index, start, UInt64(bytes.count)))
    }

    /// A value that lies within a buffer.
    package struct Part {
        package var index: Int32
        package var range: Range<Int>
        /// The bytes are UTF-8 text, which the caller has checked.
        package var asText: Bool

        package init(_ index: Int32, _ range: Range<Int>, asText: Bool) {
            self.index = index
            self.range = range
            self.asText = asText
        }
    }

    /// Lends parts of `buffer` to parameters while `body` runs, which must step the statement to its end; after it all
    /// parameters are NULL, so that SQLite keeps no pointer.
    package func withBorrowed<R>(_ buffer: [UInt8], _ parts: [Part], _ body: () throws -> R) throws -> R {
        try buffer.withUnsafeBytes { raw in
            defer {
                sqlite3_reset(handle)
                sqlite3_clear_bindings(handle)
            }
            for part in parts {
                try bindBorrowed(part.index, UnsafeRawBufferPointer(rebasing: raw[part.range]), asText: part.asText)
            }
            return try body()
        }
    }

    // MARK: Running

    /// Goes to the next row; false, and reset for the next use, when there is none.
    package func step() throws(SQLiteError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE:
            sqlite3_reset(handle)
            return false
        case let code:
            let failure = database.error(code, context: Database.summary(of: String(cString: sqlite3_sql(handle))))
            sqlite3_reset(handle)
            throw failure
        }
    }

    /// Runs a statement that gives no rows, or whose rows do not matter.
    package func run() throws(SQLiteError) {
        while try step() {}
    }

    /// Leaves the rows that are left unread. Needed only where a query is given up before its end.
    package func reset() { sqlite3_reset(handle) }

    // MARK: Columns of the row stepped to

    package func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    package func double(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }

    package func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    package func isText(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_TEXT }

    package func optionalInteger(_ column: Int32) -> Int64? {
        value(column).flatMap { sqlite3_value_int64($0) }
    }

    package func text(_ column: Int32) -> String { optionalText(column) ?? "" }

    package func optionalText(_ column: Int32) -> String? {
        value(column).map { String(decoding: Self.bytes(of: $0), as: UTF8.self) }
    }

    package func bytes(_ column: Int32) -> [UInt8] { optionalBytes(column) ?? [] }

    package func optionalBytes(_ column: Int32) -> [UInt8]? { value(column).map { Array(Self.bytes(of: $0)) } }

    /// Appends the column's text or blob; false, and nothing appended, for NULL.
    package func appendBytes(_ column: Int32, to target: inout [UInt8]) -> Bool {
        guard let value = value(column) else { return false }
        target.append(contentsOf: Self.bytes(of: value))
        return true
    }

    /// Whether the column is text or a blob of these bytes; false for NULL.
    package func holds(_ column: Int32, _ expected: [UInt8]) -> Bool {
        guard let value = value(column) else { return false }
        let bytes = Self.bytes(of: value)
        guard bytes.count == expected.count, let start = bytes.baseAddress else {
            return bytes.isEmpty && expected.isEmpty
        }
        return expected.withUnsafeBytes { expected in
            expected.baseAddress.map { memcmp($0, start, bytes.count) == 0 } ?? true
        }
    }

    /// The column's text or blob, lent until the closure returns; empty for NULL.
    package func withBytes<R>(_ column: Int32, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try body(value(column).map(Self.bytes) ?? UnsafeRawBufferPointer(start: nil, count: 0))
    }

    /// The column as a value of SQLite's, nil for NULL: its type, its bytes and their count cost less to ask for than
    /// those of the statement's column, which looks for an error behind each answer. Where one thread uses the
    /// connection, as here, such a value may be read (https://sqlite.org/c3ref/column_blob.html).
    private func value(_ column: Int32) -> OpaquePointer? {
        let value = sqlite3_column_value(handle, column)
        return sqlite3_value_type(value) == SQLITE_NULL ? nil : value
    }

    private static func bytes(of value: OpaquePointer) -> UnsafeRawBufferPointer {
        // value_blob before value_bytes: the order that https://sqlite.org/c3ref/column_blob.html calls safe.
        let start = sqlite3_value_blob(value)
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(value)))
    }

    // MARK: -

    /// A zero-length value needs an address too: a null pointer would bind NULL instead of "".
    private static var nothing: UnsafePointer<CChar> { nothingRaw.assumingMemoryBound(to: CChar.self) }
    private static var nothingRaw: UnsafeRawPointer { UnsafeRawPointer(bitPattern: 1)! }

    @inline(__always)
    private func check(_ code: Int32) throws(SQLiteError) {
        guard code == SQLITE_OK else { throw bindingError(code) }
    }

    @inline(never)
    private func bindingError(_ code: Int32) -> SQLiteError {
        database.error(code, context: "bind to \(Database.summary(of: String(cString: sqlite3_sql(handle))))")
    }
}

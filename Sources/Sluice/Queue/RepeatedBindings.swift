import SQLite

/// Binds to a statement what differs from the row before: most columns of the ledger hold the same, or nothing, in row
/// after row.
struct RepeatedBindings {
    private enum Bound {
        case nothing
        case integer(Int64)
        case text(String)
        case other
    }

    /// Bound through this value alone, but for parameters that are never given to it.
    let statement: Statement
    private var bound: [Bound]

    /// - Parameter parameters: the highest index.
    init(_ statement: Statement, parameters: Int) {
        self.statement = statement
        bound = Array(repeating: .nothing, count: parameters + 1)
    }

    mutating func bind(_ index: Int32, _ value: Int64?) throws(SQLiteError) {
        guard let value else { return try bindNull(index) }
        if case .integer(value) = bound[Int(index)] { return }
        try statement.bind(index, value)
        bound[Int(index)] = .integer(value)
    }

    mutating func bind(_ index: Int32, _ value: Int?) throws(SQLiteError) {
        try bind(index, value.map { Int64($0) })
    }

    mutating func bind(_ index: Int32, _ value: Double?) throws(SQLiteError) {
        guard let value else { return try bindNull(index) }
        try statement.bind(index, value)
        bound[Int(index)] = .other
    }

    mutating func bind(_ index: Int32, _ text: String?) throws(SQLiteError) {
        guard let text else { return try bindNull(index) }
        if case .text(text) = bound[Int(index)] { return }
        // Should SQLite have no memory for it, nothing that stood there before counts as bound.
        bound[Int(index)] = .other
        try statement.bind(index, text)
        bound[Int(index)] = .text(text)
    }

    private mutating func bindNull(_ index: Int32) throws(SQLiteError) {
        if case .nothing = bound[Int(index)] { return }
        try statement.bindNull(index)
        bound[Int(index)] = .nothing
    }
}

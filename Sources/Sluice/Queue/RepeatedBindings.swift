import SQLite

/// Binds to a statement what differs from what was bound there before: most columns of the ledger hold the same, or
/// nothing, in row after row.
struct RepeatedBindings {
    /// What is bound to a parameter. No enum that holds the value: to look at a text in one is to take it out and retain it.
    private struct Bound {
        enum Kind {
            case nothing, integer, text
            /// Something that is never compared.
            case other
        }

        var kind = Kind.nothing
        var integer: Int64 = 0
        var text = ""
    }

    /// Bound through this value alone, but for parameters that are never given to it.
    let statement: Statement
    private let parametersPerRow: Int
    /// The index before the row's first.
    private var base = 0
    /// By the parameter's index.
    private var bound: [Bound]

    /// - Parameter parametersPerRow: indexes count on from row to row.
    init(_ statement: Statement, rows: Int, parametersPerRow: Int) {
        self.statement = statement
        self.parametersPerRow = parametersPerRow
        bound = Array(repeating: Bound(), count: rows * parametersPerRow + 1)
    }

    /// What is bound from here on belongs to this row of the statement's.
    mutating func begin(row: Int) { base = row * parametersPerRow }

    /// The statement's own index of a parameter of the row.
    func parameter(_ index: Int32) -> Int32 { Int32(base) + index }

    // Inlined: for most parameters there is nothing to do but to see that.

    @inline(__always)
    mutating func bind(_ index: Int32, _ value: Int64?) throws(SQLiteError) {
        guard let value else { return try bindNull(index) }
        let place = base + Int(index)
        if bound[place].kind == .integer, bound[place].integer == value { return }
        try statement.bind(Int32(place), value)
        bound[place].kind = .integer
        bound[place].integer = value
    }

    @inline(__always)
    mutating func bind(_ index: Int32, _ value: Int?) throws(SQLiteError) {
        try bind(index, value.map { Int64($0) })
    }

    mutating func bind(_ index: Int32, _ value: Double?) throws(SQLiteError) {
        guard let value else { return try bindNull(index) }
        let place = base + Int(index)
        try statement.bind(Int32(place), value)
        bound[place].kind = .other
    }

    @inline(__always)
    mutating func bind(_ index: Int32, _ text: String?) throws(SQLiteError) {
        guard let text else { return try bindNull(index) }
        let place = base + Int(index)
        if bound[place].kind == .text, bound[place].text == text { return }
        try bindNew(place, text)
    }

    private mutating func bindNew(_ place: Int, _ text: String) throws(SQLiteError) {
        // Should SQLite have no memory for it, nothing that stood there before counts as bound.
        bound[place].kind = .other
        try statement.bind(Int32(place), text)
        bound[place].kind = .text
        bound[place].text = text
    }

    @inline(__always)
    private mutating func bindNull(_ index: Int32) throws(SQLiteError) {
        let place = base + Int(index)
        if bound[place].kind == .nothing { return }
        try statement.bindNull(Int32(place))
        bound[place].kind = .nothing
    }
}

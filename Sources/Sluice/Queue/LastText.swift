import SQLite

/// The text of a column that is nearly always that of the row before, and then takes no new string.
struct LastText {
    private var utf8: [UInt8] = []
    private var text = ""

    mutating func read(_ row: Statement, _ column: Int32) -> String? {
        if row.holds(column, utf8) { return text }
        guard let bytes = row.optionalBytes(column) else { return nil }
        utf8 = bytes
        text = String(decoding: bytes, as: UTF8.self)
        return text
    }
}

/// What the name in a column stands for: nearly always the same as in the row before, and then not looked up anew.
struct LastName<Value: RawRepresentable<String>> {
    private var utf8: [UInt8] = []
    private var value: Value?

    /// Nil for NULL and for a name of nothing.
    mutating func read(_ row: Statement, _ column: Int32) -> Value? {
        if row.holds(column, utf8) { return value }
        guard let bytes = row.optionalBytes(column) else { return nil }
        utf8 = bytes
        value = Value(rawValue: String(decoding: bytes, as: UTF8.self))
        return value
    }
}

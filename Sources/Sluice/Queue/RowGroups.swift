/// Divides rows among statements that insert several at once: most of what the statement of one small row costs is its
/// beginning and its end.
///
/// Where they replace nothing, such statements say OR FAIL, as a fault takes back the whole visit anyway: to take back one
/// statement of many rows, SQLite would copy the pages that it changes.
enum RowGroups {
    /// How many rows the statements have, so that any number is made up of a few of them.
    static let sizes = [16, 4, 1]

    /// Calls `body` for each group of `count` rows, in order, with the place of its size in `sizes`.
    static func each(of count: Int, _ body: (_ size: Int, Range<Int>) throws -> Void) rethrows {
        var first = 0
        for (size, rows) in sizes.enumerated() {
            while count - first >= rows {
                try body(size, first..<(first + rows))
                first += rows
            }
        }
    }

    /// `(?, ?), (?, ?)`: two rows of two columns, whose parameters count on from row to row.
    static func values(rows: Int, columns: Int) -> String {
        let row = "(" + repeatElement("?", count: columns).joined(separator: ", ") + ")"
        return repeatElement(row, count: rows).joined(separator: ", ")
    }
}

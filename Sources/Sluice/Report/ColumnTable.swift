/// Rows of cells below each other, the first of them the heading.
package struct ColumnTable {
    private let rows: [[String]]
    private let right: Set<Int>

    /// - Parameter right: columns of numbers, which stand to the right; words stand to the left.
    package init(_ rows: [[String]], right: Set<Int>) {
        self.rows = rows
        self.right = right
    }

    package var text: String {
        guard let heading = rows.first else { return "" }
        let widths = heading.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { cells in
            let padded = cells.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return right.contains(column) ? space + cell : cell + (column == cells.count - 1 ? "" : space)
            }
            return padded.joined(separator: "  ") + "\n"
        }.joined()
    }
}

import CSV
import JSON

/// One row of the input, lent for the length of a closure: its values stand in the reader's buffers.
package struct InputRow {
    package enum Content {
        /// A line of JSONL: an object.
        case json(JSONValue)
        /// A CSV record with as many fields as the header.
        case fields(columns: CSVHeader, values: CSVRow)
    }

    /// A column's value: any JSON value, or a CSV field's bytes, which are UTF-8.
    package enum Value {
        case json(JSONValue)
        case text(ArraySlice<UInt8>)
    }

    /// The line in the file, counted from 1.
    package let line: Int
    package let content: Content

    package init(line: Int, content: Content) {
        self.line = line
        self.content = content
    }

    /// The column names in the order of the input.
    package var columns: [String] {
        switch content {
        case .json(let object): object.members.map { $0.key.string ?? "" }
        case .fields(let header, _): header.names
        }
    }

    /// A column's value; nil where the row has no such column. Where an object repeats a key the last one counts.
    package func value(of column: String) -> Value? {
        switch content {
        case .json(let object): object[column].map { .json($0) }
        case .fields(let header, let row): header.position(of: column).map { .text(row[$0]) }
        }
    }

    /// Appends the row as one JSON object: a JSONL line as it is written, a CSV record as strings.
    package func appendJSONObject(to target: inout [UInt8]) {
        switch content {
        case .json(let object): object.appendRaw(to: &target)
        case .fields(let header, let row): header.appendJSONObject(of: row, to: &target)
        }
    }
}

/// The fields of one record, unquoted, as bytes.
///
/// A row shares the parser's buffer: lent for the length of a closure it costs nothing, and kept longer it makes the
/// parser copy that buffer, so keep the fields that are wanted and not the row.
package struct CSVRow: Sendable {
    /// The line on which the record's first byte stands, counted from 1; line breaks inside quoted fields count.
    package let line: Int

    private let bytes: [UInt8]
    private let ends: [Int]
    private let start: Int
    private let fields: Range<Int>

    init(line: Int, bytes: [UInt8], ends: [Int], start: Int, fields: Range<Int>) {
        self.line = line
        self.bytes = bytes
        self.ends = ends
        self.start = start
        self.fields = fields
    }

    /// The number of fields, at least one.
    package var count: Int { fields.count }

    package subscript(_ position: Int) -> ArraySlice<UInt8> { bytes[range(position)] }

    /// Lends a field's bytes for the length of the closure.
    package func withField<Result>(
        _ position: Int, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        let range = range(position)
        return try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// Lends the bytes of all fields, one after the other and nothing between them.
    package func withAllFields<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeBytes {
            try body(UnsafeRawBufferPointer(rebasing: $0[start..<ends[fields.upperBound - 1]]))
        }
    }

    private func range(_ position: Int) -> Range<Int> {
        let field = fields.lowerBound + position
        precondition(position >= 0 && field < fields.upperBound, "a CSV row has no such field")
        return (position == 0 ? start : ends[field - 1])..<ends[field]
    }
}

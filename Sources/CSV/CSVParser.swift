import CCSV

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Splits CSV (RFC 4180) into records as its bytes arrive; belongs to one thread at a time.
///
/// Fields are data: no white space is trimmed. Quoted fields may hold delimiters, line breaks and doubled quotes; a
/// record ends with LF, CRLF or CR; empty lines are skipped. Quoting is strict: a quote inside an unquoted field, text
/// after a closing quote and a quote that is never closed are errors, after which the parser only repeats the error,
/// since nobody can tell where the next record starts. Encoding is not checked here.
package final class CSVParser {
    private let parser: UnsafeMutablePointer<csv_parser>
    private let records = CSVRecords()
    private let maximumRecordBytes: Int
    private var failure: CSVError?

    /// Bytes since the last line break, at the end of what was parsed.
    private var bytesOnLine = 0

    /// libcsv is fed in pieces of this size: its records are delivered between two calls, so that a closure that
    /// throws never unwinds through C, and the caps are looked at as often.
    private static let pieceBytes = 64 << 10
    private static let maximumFields = 16_384
    private static let keptEntryBytes = 4 << 20

    package init(delimiter: UInt8 = 0x2C, maximumRecordBytes: Int = 64 << 20) {
        precondition(delimiter != 0x22 && delimiter != 0x0A && delimiter != 0x0D, "not a CSV delimiter")
        self.maximumRecordBytes = maximumRecordBytes
        parser = .allocate(capacity: 1)
        parser.initialize(to: csv_parser())
        csv_init(parser, UInt8(CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL))
        csv_set_delim(parser, delimiter)
        csv_set_blk_size(parser, 16 << 10)
        // libcsv trims spaces and tabs around fields; it does not where it is told that there is no such thing.
        csv_set_space_func(parser) { _ in 0 }
    }

    deinit {
        csv_free(parser)
        parser.deallocate()
    }

    /// Takes the next bytes of the text and hands out the records that they complete, in order.
    ///
    /// Throws `CSVError`, or what the closure throws.
    package func parse(_ chunk: UnsafeRawBufferPointer, row: (CSVRow) throws -> Void) throws {
        var rest = chunk[...]
        while !rest.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.pieceBytes))
            rest = rest.dropFirst(piece.count)
            try parse(piece: piece)
            try deliver(row)
        }
    }

    /// Takes the end of the text and hands out a last record that no line break ended.
    package func finish(row: (CSVRow) throws -> Void) throws {
        if let failure { throw failure }
        let status = csv_fini(parser, Self.fieldEnded, Self.recordEnded, context)
        guard status == 0 else {
            throw fail(line: records.unfinishedFieldLine, column: nil, "a quote opens a field and is never closed")
        }
        try deliver(row)
    }

    private func parse(piece: UnsafeRawBufferPointer) throws(CSVError) {
        if let failure { throw failure }
        let parsed = csv_parse(parser, piece.baseAddress, piece.count, Self.fieldEnded, Self.recordEnded, context)
        if parsed < piece.count {
            failure = error(at: parsed, of: piece)
        } else if records.incompleteBytes + parser.pointee.entry_pos > maximumRecordBytes {
            let hint = parser.pointee.quoted != 0 ? "; is a quote not closed?" : ""
            failure = CSVError(
                line: records.incompleteLine, column: nil,
                reason: "a record is longer than \(maximumRecordBytes) bytes" + hint)
        } else if records.incompleteFields > Self.maximumFields {
            failure = CSVError(
                line: records.incompleteLine, column: nil,
                reason: "a record has more than \(Self.maximumFields) fields")
        }
        if parser.pointee.entry_pos == 0, parser.pointee.entry_size > Self.keptEntryBytes { csv_free(parser) }
        bytesOnLine = Self.bytesOnLine(in: piece, before: bytesOnLine)
    }

    /// Hands out the complete records, and after them the error that followed, if any.
    private func deliver(_ row: (CSVRow) throws -> Void) throws {
        for record in records.complete { try row(records.row(record)) }
        records.removeComplete()
        if let failure { throw failure }
    }

    /// What libcsv stopped at. Where it stopped, its own state tells the two strict errors apart.
    private func error(at offset: Int, of piece: UnsafeRawBufferPointer) -> CSVError {
        let state = parser.pointee
        let entry = UnsafeRawBufferPointer(start: state.entry_buf, count: state.entry_buf == nil ? 0 : state.entry_pos)
        let line = records.unfinishedFieldLine + CSVRecords.lineBreaks(entry)
        let before = UnsafeRawBufferPointer(rebasing: piece[..<offset])
        let column = Self.bytesOnLine(in: before, before: bytesOnLine) + 1
        guard state.status == CSV_EPARSE else {
            return CSVError(line: line, column: column, reason: String(cString: csv_strerror(state.status)))
        }
        let reason =
            state.quoted == 0
            ? "a quote inside an unquoted field; quote the whole field and double the quote"
            : "text after a closing quote; a quote inside a quoted field is written twice"
        return CSVError(line: line, column: column, reason: reason)
    }

    private func fail(line: Int, column: Int?, _ reason: String) -> CSVError {
        let error = CSVError(line: line, column: column, reason: reason)
        failure = error
        return error
    }

    private static func bytesOnLine(in bytes: UnsafeRawBufferPointer, before: Int) -> Int {
        guard let last = bytes.lastIndex(where: { $0 == 0x0A || $0 == 0x0D }) else { return before + bytes.count }
        return bytes.count - last - 1
    }

    private var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(records).toOpaque() }

    private static let fieldEnded: @convention(c) (UnsafeMutableRawPointer?, Int, UnsafeMutableRawPointer?) -> Void = {
        guard let context = $2 else { return }
        let records = Unmanaged<CSVRecords>.fromOpaque(context).takeUnretainedValue()
        records.append(field: UnsafeRawBufferPointer(start: $0, count: $1))
    }

    private static let recordEnded: @convention(c) (Int32, UnsafeMutableRawPointer?) -> Void = {
        guard let context = $1 else { return }
        Unmanaged<CSVRecords>.fromOpaque(context).takeUnretainedValue().endRecord(with: $0)
    }
}

import Digest

/// Reads a prompt file or standard input row by row, never holding more than a row.
///
/// Gzip is undone, a UTF-8 byte order mark skipped and the format found out. Blocks, so it wants a thread of its own;
/// belongs to one thread at a time, and reads its input once.
package final class InputReader {
    private let source: InputSource
    private let bytes: InputBytes
    private let format: InputFormat
    private let delimiter: UInt8?
    private let maximumLineBytes: Int

    /// Opens the input.
    ///
    /// - Parameters:
    ///   - format: `automatic` goes by the name (.jsonl, .ndjson, .json, .csv, .tsv, any of them with .gz), and where
    ///     that says nothing by the content: what begins with `{` is JSONL, the rest is CSV.
    ///   - delimiter: of CSV fields; nil for a tab where the name ends in .tsv, else a comma.
    ///   - maximumLineBytes: a longer JSONL line is a problem, a longer CSV record one that ends the reading.
    package init(
        source: InputSource, format: InputFormat = .automatic, delimiter: UInt8? = nil,
        maximumLineBytes: Int = 64 << 20
    ) throws(InputError) {
        let named = source.namedFormat
        self.source = source
        self.format = format == .automatic ? named.format : format
        self.delimiter = delimiter ?? named.delimiter
        self.maximumLineBytes = maximumLineBytes
        bytes = try InputBytes(source: source)
    }

    /// Takes the digest of the input's bytes along; to be asked for before the reading.
    func takeDigest(with hasher: SHA256Hasher) { bytes.hasher = hasher }

    /// The digest of all that was read, and how much that was; nil where nobody asked for it.
    func digest() throws(DigestError) -> (digest: SHA256Digest, bytes: Int)? {
        guard let hasher = bytes.hasher else { return nil }
        return (try hasher.finish(), bytes.count)
    }

    /// Hands out every row once, in order. Call it once.
    ///
    /// A fault of a row goes to `problem` in its place, and reading goes on; where it cannot, after broken CSV quoting,
    /// the problem says so. Throws `InputError` for a fault of the whole input, and what the closures throw.
    ///
    /// - Parameter idle: called before input that may be long in coming is waited for, and now and then during the wait; it
    ///   throws to end it.
    package func forEachRow(
        _ row: (InputRow) throws -> Void, problem: (PlanProblem) throws -> Void, idle: () throws -> Void = {}
    ) throws {
        var head = InputHead(format: format)
        var reader: (any RowReader)?
        do {
            try bytes.forEachPiece { piece in
                if let reader {
                    guard try reader.read(piece, row: row, problem: problem) else { throw Stop() }
                    return
                }
                head.append(piece)
                reader = try begin(head, atEnd: false, row, problem)
            } idle: {
                try idle()
            }
            let last = try reader ?? begin(head, atEnd: true, row, problem)
            try last?.finish(row: row, problem: problem)
        } catch is Stop {}
    }

    /// Ends the reading early, after a problem past which nothing can be read.
    private struct Stop: Error {}

    /// The reader that the first bytes ask for, with those bytes read; nil while more are needed.
    private func begin(
        _ head: InputHead, atEnd: Bool, _ row: RowReader.TakeRow, _ problem: RowReader.TakeProblem
    ) throws -> (any RowReader)? {
        let file = source.displayName
        let reader: any RowReader
        let skipped: Int
        switch head.answer(atEnd: atEnd) {
        case .undecided: return nil
        case .wideEncoding: throw InputError.wideEncoding(file: file)
        case .jsonArray: throw InputError.jsonArray(file: file)
        case .spreadObject: throw InputError.spreadObject(file: file)
        case .format(.csv, let skip):
            reader = try CSVRowReader(file: file, delimiter: delimiter, maximumLineBytes: maximumLineBytes)
            skipped = skip
        case .format(_, let skip):
            reader = JSONLinesReader(file: file, maximumLineBytes: maximumLineBytes)
            skipped = skip
        }
        try head.bytes.withUnsafeBytes { bytes in
            let rest = UnsafeRawBufferPointer(rebasing: bytes[skipped...])
            guard try reader.read(rest, row: row, problem: problem) else { throw Stop() }
        }
        return reader
    }
}

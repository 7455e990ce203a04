import CSV
import JSON

/// Reads a header of column names, then one record a row. A record with other than the header's number of fields or
/// with bytes that are not UTF-8 is a problem, and reading goes on; broken quoting is a problem that ends it.
final class CSVRowReader: RowReader {
    private let file: String
    private let parser: CSVParser
    private var header: CSVHeader?

    /// - Parameter delimiter: nil for a comma.
    init(file: String, delimiter: UInt8?, maximumLineBytes: Int) throws(InputError) {
        let delimiter = delimiter ?? UInt8(ascii: ",")
        guard delimiter < 0x80, !"\"\n\r".utf8.contains(delimiter) else { throw .delimiter(file: file) }
        self.file = file
        parser = CSVParser(delimiter: delimiter, maximumRecordBytes: maximumLineBytes)
    }

    func read(_ piece: UnsafeRawBufferPointer, row: TakeRow, problem: TakeProblem) throws -> Bool {
        do {
            try parser.parse(piece) { try take($0, row, problem) }
        } catch let error as CSVError {
            try report(error, problem)
            return false
        }
        return true
    }

    func finish(row: TakeRow, problem: TakeProblem) throws {
        do {
            try parser.finish { try take($0, row, problem) }
        } catch let error as CSVError {
            return try report(error, problem)
        }
        if header == nil { throw InputError.noHeader(file: file) }
    }

    private func take(_ record: CSVRow, _ row: TakeRow, _ problem: TakeProblem) throws {
        guard let header else {
            switch CSVHeader.read(record) {
            case .success(let header): self.header = header
            case .failure(let fault): throw InputError.header(file: file, line: record.line, detail: fault.detail)
            }
            return
        }
        if let reason = fault(of: record, header) {
            return try problem(PlanProblem(file: file, line: record.line, reason: reason))
        }
        try row(InputRow(line: record.line, content: .fields(columns: header, values: record)))
    }

    private func fault(of record: CSVRow, _ header: CSVHeader) -> String? {
        guard record.count == header.names.count else {
            let fields = record.count == 1 ? "1 field" : "\(record.count) fields"
            return "the row has \(fields), the header has \(header.names.count)"
        }
        // All fields are checked at once, as nothing stands between them; so each must also start with a character.
        let isWhole = record.withAllFields { JSONText.isValidUTF8($0) }
        let starts = (0..<record.count).allSatisfy { record.withField($0) { ($0.first ?? 0) & 0xC0 != 0x80 } }
        guard !isWhole || !starts else { return nil }
        let position = (0..<record.count).first { !record.withField($0) { JSONText.isValidUTF8($0) } }
        return "not UTF-8" + (position.map { " in column \(CSVHeader.quoted(header.names[$0]))" } ?? "")
    }

    private func report(_ error: CSVError, _ problem: TakeProblem) throws {
        let reason = "invalid CSV: \(error.reason); nothing after it was read"
        try problem(PlanProblem(file: file, line: error.line, column: error.column, reason: reason))
    }
}

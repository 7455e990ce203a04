import CSV
import Testing

@Suite struct CSVParserTests {
    /// Parses in chunks of a size; each record as its line and fields.
    static func parse(
        _ text: String, delimiter: UInt8 = 0x2C, chunk: Int = .max, limit: Int = 64 << 20
    ) throws -> [(line: Int, fields: [String])] {
        var rows: [(line: Int, fields: [String])] = []
        let take: (CSVRow) -> Void = { row in
            rows.append((row.line, (0..<row.count).map { String(decoding: row[$0], as: UTF8.self) }))
        }
        let parser = CSVParser(delimiter: delimiter, maximumRecordBytes: limit)
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + min(chunk, bytes.count))
            try bytes[start..<end].withUnsafeBytes { try parser.parse($0, row: take) }
            start = end
        }
        try parser.finish(row: take)
        return rows
    }

    static let accepted: [(text: String, rows: [(line: Int, fields: [String])])] = [
        ("", []),
        ("a", [(1, ["a"])]),
        ("a,b\n1,2\n", [(1, ["a", "b"]), (2, ["1", "2"])]),
        ("a,b\n1,2", [(1, ["a", "b"]), (2, ["1", "2"])]),
        ("a,b\r\n1,2\r\n", [(1, ["a", "b"]), (2, ["1", "2"])]),
        ("a,b\r1,2\r", [(1, ["a", "b"]), (2, ["1", "2"])]),
        ("a\r\r\nb\n", [(1, ["a"]), (3, ["b"])]),
        (",\n", [(1, ["", ""])]),
        ("a,", [(1, ["a", ""])]),
        ("a,\n", [(1, ["a", ""])]),
        ("a,\r\n,b\r\n", [(1, ["a", ""]), (2, ["", "b"])]),
        (",,,", [(1, ["", "", "", ""])]),
        ("\"\"", [(1, [""])]),
        ("\"\"\n\"\"\n", [(1, [""]), (2, [""])]),
        ("\"\",\"\"", [(1, ["", ""])]),
        ("\"a\"", [(1, ["a"])]),
        ("\"a,b\",c", [(1, ["a,b", "c"])]),
        ("\"a\"\"b\"", [(1, ["a\"b"])]),
        ("\"\"\"\"", [(1, ["\""])]),
        ("\"\"\"a\"\"\",b", [(1, ["\"a\"", "b"])]),
        ("\"a\nb\",c\nd,e\n", [(1, ["a\nb", "c"]), (3, ["d", "e"])]),
        ("\"a\r\nb\r\n\r\n\",c\r\nd,e", [(1, ["a\r\nb\r\n\r\n", "c"]), (5, ["d", "e"])]),
        ("\"a\rb\",c\nd,e", [(1, ["a\rb", "c"]), (3, ["d", "e"])]),
        ("\"\r\",\"\n\"\nx,y", [(1, ["\r", "\n"]), (4, ["x", "y"])]),
        ("\n\na\n\n\r\n\r\nb\n", [(3, ["a"]), (7, ["b"])]),
        (" a , b \n\t,  \n", [(1, [" a ", " b "]), (2, ["\t", "  "])]),
        ("\" a \",b ", [(1, [" a ", "b "])]),
        ("é,€\n😀,\"ü\"\n", [(1, ["é", "€"]), (2, ["😀", "ü"])]),
        ("a\0b,c", [(1, ["a\0b", "c"])]),
        ("'a','b'", [(1, ["'a'", "'b'"])]),
        ("a;b", [(1, ["a;b"])]),
    ]

    @Test(arguments: accepted) func splits(_ text: String, into rows: [(line: Int, fields: [String])]) throws {
        for chunk in [Int.max, 1, 2, 3, 7] {
            let parsed = try Self.parse(text, chunk: chunk)
            #expect(parsed.map(\.line) == rows.map(\.line), "in chunks of \(chunk)")
            #expect(parsed.map(\.fields) == rows.map(\.fields), "in chunks of \(chunk)")
        }
    }

    static let unquoted = "a quote inside an unquoted field; quote the whole field and double the quote"
    static let closing = "text after a closing quote; a quote inside a quoted field is written twice"
    static let open = "a quote opens a field and is never closed"

    static let rejected: [(text: String, line: Int, column: Int?, reason: String)] = [
        ("a\"b", 1, 2, unquoted),
        ("a,b\nc,5\" nail\n", 2, 4, unquoted),
        (" \"a\"", 1, 2, unquoted),
        ("\"a\"b", 1, 4, closing),
        ("\"a\" ,b", 1, 4, closing),
        ("x,y\r\n\"a\nb\",\"c\"d\r\n", 3, 7, closing),
        ("x\n\"a\n\nb\"c\n", 4, 3, closing),
        ("\"a", 1, nil, open),
        ("a\n\"b\nc,d\n", 2, nil, open),
        ("\"a\nb\",\"c\n", 2, nil, open),
        ("\"", 1, nil, open),
        ("\"\"\"", 1, nil, open),
    ]

    @Test(arguments: rejected) func refuses(_ text: String, line: Int, column: Int?, reason: String) {
        for chunk in [Int.max, 1, 2, 3, 7] {
            #expect(throws: CSVError(line: line, column: column, reason: reason)) {
                try Self.parse(text, chunk: chunk)
            }
        }
    }

    @Test func theDelimiterMayBeAnother() throws {
        #expect(try Self.parse("a\t b,c \t\n\t", delimiter: 0x09).map(\.fields) == [["a", " b,c ", ""], ["", ""]])
        #expect(try Self.parse("a;\"b;c\"", delimiter: 0x3B).map(\.fields) == [["a", "b;c"]])
        #expect(try Self.parse("a b", delimiter: 0x20).map(\.fields) == [["a", "b"]])
    }

    @Test func recordsBeforeAnErrorAreHandedOut() {
        var rows = 0
        let parser = CSVParser()
        #expect(throws: CSVError(line: 3, column: 2, reason: Self.unquoted)) {
            try Array("a\nb\nc\"\nd\n".utf8).withUnsafeBytes { try parser.parse($0) { _ in rows += 1 } }
        }
        #expect(rows == 2)
        #expect(throws: CSVError(line: 3, column: 2, reason: Self.unquoted)) {
            try Array("e\n".utf8).withUnsafeBytes { try parser.parse($0) { _ in rows += 1 } }
        }
        #expect(throws: CSVError(line: 3, column: 2, reason: Self.unquoted)) { try parser.finish { _ in rows += 1 } }
        #expect(rows == 2)
    }

    private struct Enough: Error {}

    @Test func theClosureMayThrow() {
        let parser = CSVParser()
        #expect(throws: Enough.self) {
            try Array("a\nb\n".utf8).withUnsafeBytes { try parser.parse($0) { _ in throw Enough() } }
        }
    }

    @Test func recordsAreBounded() throws {
        #expect(try Self.parse(String(repeating: "x", count: 1000) + "\ny", limit: 1000).count == 2)
        let long = "a record is longer than 1000 bytes"
        #expect(throws: CSVError(line: 2, column: nil, reason: long)) {
            try Self.parse("a\n" + String(repeating: "x", count: 2000), chunk: 100, limit: 1000)
        }
        #expect(throws: CSVError(line: 2, column: nil, reason: long)) {
            try Self.parse("a\n" + String(repeating: "xxxxxxxxx,", count: 200), chunk: 100, limit: 1000)
        }
        #expect(throws: CSVError(line: 1, column: nil, reason: long + "; is a quote not closed?")) {
            try Self.parse("\"" + String(repeating: "x\n", count: 1000), chunk: 100, limit: 1000)
        }
        #expect(throws: CSVError(line: 2, column: nil, reason: "a record has more than 16384 fields")) {
            try Self.parse("a\n" + String(repeating: ",", count: 100_000))
        }
    }

    @Test func longRecordsComeWhole() throws {
        let text = String(repeating: "é,\"\n", count: 500_000)
        let quoted = "\"" + text.replacing("\"", with: "\"\"") + "\""
        let rows = try Self.parse("x,\(quoted)\nshort,row\n\(quoted),y\n", chunk: 256 << 10)
        #expect(rows.map(\.line) == [1, 500_002, 500_003])
        #expect(rows[0].fields == ["x", text])
        #expect(rows[1].fields == ["short", "row"])
        #expect(rows[2].fields == [text, "y"])
    }

    /// A row that is kept stays as it was while the parser goes on.
    @Test func keptRowsDoNotChange() throws {
        var rows: [CSVRow] = []
        let parser = CSVParser()
        for text in ["a,b\nc", ",d\n", "e,f\n"] {
            try Array(text.utf8).withUnsafeBytes { try parser.parse($0) { rows.append($0) } }
        }
        #expect(rows.map { String(decoding: $0[1], as: UTF8.self) } == ["b", "d", "f"])
        #expect(rows.map { $0.withAllFields { String(decoding: $0, as: UTF8.self) } } == ["ab", "cd", "ef"])
        #expect(rows.map { $0.withField(0) { String(decoding: $0, as: UTF8.self) } } == ["a", "c", "e"])
    }

    /// Text that is written by the rules reads back, however it is cut.
    @Test(arguments: 1...4 as ClosedRange<UInt64>) func writtenTextReadsBack(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let letters = ["a", ",", "\"", "\n", "\r", " ", "é", ""]
        let rows = (0..<300).map { _ in
            (0..<Int.random(in: 1...5, using: &random)).map { _ in
                (0..<Int.random(in: 0...6, using: &random)).map { _ in letters.randomElement(using: &random) ?? "" }
                    .joined()
            }
        }
        let lines = rows.map { $0.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: ",") }
        for (ending, chunk) in [("\n", Int.max), ("\r\n", 5), ("\r", 64)] {
            let parsed = try Self.parse(lines.joined(separator: ending), chunk: chunk)
            #expect(parsed.map(\.fields) == rows)
        }
    }

    @Test func strayBytesNeverTrap() throws {
        var random = SeededGenerator(5)
        let alphabet = Array("ab,\"\"\n\r \t\0".utf8) + [0xFF]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            let parser = CSVParser()
            do {
                try bytes.withUnsafeBytes { try parser.parse($0) { _ in } }
                try parser.finish { _ in }
            } catch let error as CSVError {
                #expect(error.line >= 1 && error.line <= bytes.count + 1)
            }
        }
    }
}

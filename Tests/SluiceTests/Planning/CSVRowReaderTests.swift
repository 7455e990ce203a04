import Testing

@testable import Sluice

@Suite struct CSVRowReaderTests {
    typealias Event = ReaderFixture.Event

    static let texts: [(text: String, events: [Event])] = [
        ("id,text\n", []),
        ("id,text", []),
        ("id,text\n1,a\n", [.row(2, #"{"id":"1","text":"a"}"#)]),
        ("\u{FEFF}id\r\n1\r\n", [.row(2, #"{"id":"1"}"#)]),
        ("\u{FEFF}\"i d\"\r\n1\r\n", [.row(2, #"{"i d":"1"}"#)]),
        (
            "a,b\n\n\"x\ny\",\"say \"\"hi\"\"\"\n , \n",
            [.row(3, #"{"a":"x\ny","b":"say \"hi\""}"#), .row(5, #"{"a":" ","b":" "}"#)]
        ),
        ("a,b\n,\n", [.row(2, #"{"a":"","b":""}"#)]),
        ("a\u{1},\"b\"\"\"\nx\u{0},é\n", [.row(2, #"{"a\u0001":"x\u0000","b\"":"é"}"#)]),
        (
            "a,b\n1\n1,2,3\n\"x\n\",2\n1,2\n,\n3",
            [
                .problem("x.csv:2: the row has 1 field, the header has 2"),
                .problem("x.csv:3: the row has 3 fields, the header has 2"), .row(4, #"{"a":"x\n","b":"2"}"#),
                .row(6, #"{"a":"1","b":"2"}"#), .row(7, #"{"a":"","b":""}"#),
                .problem("x.csv:8: the row has 1 field, the header has 2"),
            ]
        ),
        (
            "a\n1\n\"2\n3\"4\n5\n",
            [
                .row(2, #"{"a":"1"}"#),
                .problem(
                    "x.csv:4:3: invalid CSV: text after a closing quote; a quote inside a quoted field is written twice;"
                        + " nothing after it was read"),
            ]
        ),
        (
            "a\n1\n\"2\n3\n",
            [
                .row(2, #"{"a":"1"}"#),
                .problem("x.csv:3: invalid CSV: a quote opens a field and is never closed; nothing after it was read"),
            ]
        ),
    ]

    @Test(arguments: texts) func records(_ text: String, _ events: [Event]) throws {
        #expect(try ReaderFixture().read("x.csv", text) == events)
        #expect(try ReaderFixture().read("x.csv", ReaderFixture.gzip(Array(text.utf8))) == events)
    }

    @Test func otherEncodingsAreProblems() throws {
        // The third row's fields are UTF-8 only when taken together.
        let bytes =
            Array("a,b\nx,".utf8) + [0xE9] + Array("\ny,é\n".utf8) + [0xC3, 0x2C, 0xA9] + Array("\nz,z\n".utf8)
        #expect(
            try ReaderFixture().read("x.csv", bytes)
                == [
                    .problem("x.csv:2: not UTF-8 in column \"b\""), .row(3, #"{"a":"y","b":"é"}"#),
                    .problem("x.csv:4: not UTF-8 in column \"a\""), .row(5, #"{"a":"z","b":"z"}"#),
                ])
    }

    static let headers: [(text: String, error: String)] = [
        ("", "x.csv is empty; a CSV input starts with a row of column names"),
        ("\n\r\n", "x.csv is empty; a CSV input starts with a row of column names"),
        ("\u{FEFF}", "x.csv is empty; a CSV input starts with a row of column names"),
        ("a,b,a\n", "x.csv:1: columns 1 and 3 are both named \"a\"; every column needs a name of its own"),
        ("\na,,c\n", "x.csv:2: column 2 has no name; every column needs a name of its own"),
        ("a,b,\n", "x.csv:1: column 3 has no name; every column needs a name of its own"),
        (" ,b\n", "x.csv:1: column 1 has no name; every column needs a name of its own"),
        (
            "\"\u{1B}[31m\",\"\u{1B}[31m\"",
            "x.csv:1: columns 1 and 2 are both named \"\\u001b[31m\"; every column needs a name of its own"
        ),
    ]

    @Test(arguments: headers) func badHeaders(_ text: String, _ error: String) throws {
        #expect(try ReaderFixture().error("x.csv", text) == error)
    }

    @Test func aHeaderMustBeUTF8() throws {
        #expect(
            try ReaderFixture().error("x.csv", [0x61, 0x2C, 0xE9, 0x0A])
                == "x.csv:1: the name of column 2 is not UTF-8; every column needs a name of its own")
        #expect(
            try ReaderFixture().error("x.csv", [0xFF, 0xFE, 0x61, 0x00])
                == "x.csv is UTF-16 or UTF-32; convert it with iconv -f UTF-16 -t UTF-8")
    }

    @Test func delimiters() throws {
        let fixture = try ReaderFixture()
        #expect(try fixture.read("x.tsv", "a\tb,c\n1\t2\n") == [.row(2, #"{"a":"1","b,c":"2"}"#)])
        #expect(try fixture.read("x.tsv.gz", "a\tb\n1\t2\n") == [.row(2, #"{"a":"1","b":"2"}"#)])
        #expect(try fixture.read("x.csv", "a;b\n1;2\n", delimiter: 0x3B) == [.row(2, #"{"a":"1","b":"2"}"#)])
        #expect(try fixture.read("x.tsv", "a,b\n1,2\n", delimiter: 0x2C) == [.row(2, #"{"a":"1","b":"2"}"#)])
        for delimiter in [0x22, 0x0A, 0x0D, 0xC3] as [UInt8] {
            #expect(fixture.error("x.csv", "a,b\n", delimiter: delimiter)?.contains("choose another delimiter") == true)
        }
    }

    @Test func recordsAreBounded() throws {
        let long = "a\n1\n" + String(repeating: "x", count: 300_000) + "\n2\n"
        #expect(
            try ReaderFixture().read("x.csv", long, limit: 100_000)
                == [
                    .row(2, #"{"a":"1"}"#),
                    .problem("x.csv:3: invalid CSV: a record is longer than 100000 bytes; nothing after it was read"),
                ])
    }

    @Test func recordsMayCrossPieces() throws {
        let rows = (0..<3000).map { ("r\($0)", String(repeating: "é, \n", count: $0 == 900 ? 200_000 : 40)) }
        var line = 2
        var events: [Event] = []
        for (id, text) in rows {
            events.append(.row(line, "{\"id\":\"\(id)\",\"text\":\"\(text.replacing("\n", with: "\\n"))\"}"))
            line += text.utf8.count { $0 == 0x0A } + 1
        }
        let text = "id,text\n" + rows.map { "\($0),\"\($1)\"\n" }.joined()
        #expect(try ReaderFixture().read("x.csv", text) == events)
    }

    @Test func columnsAreBoundOnce() throws {
        let fixture = try ReaderFixture()
        let path = try fixture.write("x.csv", Array("id,text\n1,a\n2,b\n".utf8))
        var texts: [String] = []
        try InputReader(source: .file(path: path)).forEachRow { row in
            guard case .fields(let header, let values) = row.content else { return #expect(Bool(false)) }
            #expect(row.columns == ["id", "text"])
            #expect(header.position(of: "other") == nil)
            #expect(row.value(of: "other") == nil)
            guard let position = header.position(of: "text"), case .text(let value)? = row.value(of: "text") else {
                return #expect(Bool(false))
            }
            #expect(values[position] == value)
            texts.append(String(decoding: value, as: UTF8.self))
        } problem: {
            Issue.record("\($0)")
        }
        #expect(texts == ["a", "b"])
    }
}

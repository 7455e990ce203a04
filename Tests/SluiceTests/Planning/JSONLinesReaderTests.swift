import Testing

@testable import Sluice

@Suite struct JSONLinesReaderTests {
    typealias Event = ReaderFixture.Event

    static let texts: [(text: String, events: [Event])] = [
        ("", []),
        ("\n\r\n  \n", []),
        ("{\"a\":1}", [.row(1, "{\"a\":1}")]),
        ("{\"a\":1}\n", [.row(1, "{\"a\":1}")]),
        ("{\"a\":1}\r\n{\"b\": [2] }\r\n", [.row(1, "{\"a\":1}"), .row(2, "{\"b\": [2] }")]),
        ("\u{FEFF}{\"a\":1}\n{}", [.row(1, "{\"a\":1}"), .row(2, "{}")]),
        ("\n\n {\"a\":1} \n\t\r\n{}\n\n", [.row(3, "{\"a\":1}"), .row(5, "{}")]),
        ("{\"a\":\"\u{2028}\u{85}\"}\n", [.row(1, "{\"a\":\"\u{2028}\u{85}\"}")]),
        (
            "{\"a\":1}\n{\"a\" 2}\n{\"a\":3}\n",
            [
                .row(1, "{\"a\":1}"), .problem("x.jsonl:2:6: invalid JSON: expected ':' after the key"),
                .row(3, "{\"a\":3}"),
            ]
        ),
        ("{\"a\":1", [.problem("x.jsonl:1:7: invalid JSON: unexpected end of text")]),
        ("{\"a\":1}{}\n", [.problem("x.jsonl:1:8: invalid JSON: unexpected text after the document")]),
        ("{\"a\":1}\r{}\n", [.problem("x.jsonl:1:9: invalid JSON: unexpected text after the document")]),
        (
            "{}\n[1]\n 12\n\"a\"\nnull\ntrue",
            [
                .row(1, "{}"), .problem("x.jsonl:2:1: the row is an array, not an object"),
                .problem("x.jsonl:3:2: the row is a number, not an object"),
                .problem("x.jsonl:4:1: the row is a string, not an object"),
                .problem("x.jsonl:5:1: the row is null, not an object"),
                .problem("x.jsonl:6:1: the row is true or false, not an object"),
            ]
        ),
        ("{}\n\u{FEFF}{}\n", [.row(1, "{}"), .problem("x.jsonl:2:1: invalid JSON: starts with a byte order mark")]),
        ("hello\n{}", [.problem("x.jsonl:1:1: invalid JSON: not a JSON value"), .row(2, "{}")]),
    ]

    @Test(arguments: texts) func lines(_ text: String, _ events: [Event]) throws {
        #expect(try ReaderFixture().read("x.jsonl", text) == events)
        #expect(try ReaderFixture().read("x.jsonl", ReaderFixture.gzip(Array(text.utf8))) == events)
    }

    @Test func otherEncodingsAreProblems() throws {
        let bytes = Array("{}\n{\"a\":\"".utf8) + [0xE9] + Array("\"}\n{}\n".utf8)
        #expect(
            try ReaderFixture().read("x.jsonl", bytes)
                == [.row(1, "{}"), .problem("x.jsonl:2:7: not UTF-8"), .row(3, "{}")])
    }

    @Test func depthIsBounded() throws {
        let deep = "{\"a\":" + String(repeating: "[", count: 200) + String(repeating: "]", count: 200) + "}"
        #expect(
            try ReaderFixture().read("x.jsonl", deep)
                == [.problem("x.jsonl:1:133: invalid JSON: nested deeper than 128")])
    }

    @Test func longLinesAreProblemsAndReadingGoesOn() throws {
        let long = "{\"a\":\"" + String(repeating: "x", count: 2000) + "\"}"
        let exact = "{\"a\":\"" + String(repeating: "x", count: 92) + "\"}"
        let tooLong = "the line is longer than 100 bytes; split the row or make it shorter"
        #expect(exact.utf8.count == 100)
        for ending in ["\n", "\r\n"] {
            let text = [exact, long, "{}", long].joined(separator: ending)
            #expect(
                try ReaderFixture().read("x.jsonl", text, limit: 100)
                    == [
                        .row(1, exact), .problem("x.jsonl:2: \(tooLong)"), .row(3, "{}"),
                        .problem("x.jsonl:4: \(tooLong)"),
                    ])
        }
    }

    /// Lines that cross the 256 KiB pieces in which files are read, and one that is larger than several.
    @Test func linesMayCrossPieces() throws {
        let rows = (0..<2000).map {
            "{\"n\":\($0),\"t\":\"\(String(repeating: "é", count: $0 == 700 ? 500_000 : 300))\"}"
        }
        let events = rows.enumerated().map { Event.row($0 + 1, $1) }
        let fixture = try ReaderFixture()
        #expect(try fixture.read("x.jsonl", rows.joined(separator: "\n")) == events)
        #expect(
            try fixture.read("x.jsonl.gz", ReaderFixture.gzip(Array(rows.joined(separator: "\r\n").utf8))) == events)
    }

    @Test func wholeDocumentsAreToldApart() throws {
        let fixture = try ReaderFixture()
        let array = "x.json is a JSON array; Sluice reads one object a line; convert it with jq -c '.[]'"
        #expect(fixture.error("x.json", "[{\"a\":1}]") == array)
        #expect(fixture.error("x.json", "\n [\n  {\"a\":1},\n  {\"a\":2}\n]\n") == array)
        #expect(fixture.error("x.json", "[]") == array)
        #expect(
            fixture.error("x.json", "{\n  \"a\": 1\n}\n")
                == "x.json spreads an object over several lines; Sluice reads one object a line; convert it with jq -c ."
        )
        #expect(
            fixture.error("x.jsonl", [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00])
                == "x.jsonl is UTF-16 or UTF-32; convert it with iconv -f UTF-16 -t UTF-8")
    }

    @Test func columnsAreFoundByName() throws {
        let fixture = try ReaderFixture()
        let path = try fixture.write("x.jsonl", Array(#"{"id":1,"text":"a\nb","id":2}"#.utf8))
        var seen = 0
        try InputReader(source: .file(path: path)).forEachRow { row in
            seen += 1
            #expect(row.columns == ["id", "text", "id"])
            guard case .json(let id)? = row.value(of: "id") else { return #expect(Bool(false)) }
            #expect(id.integer == 2)
            #expect(row.value(of: "other") == nil)
        } problem: {
            Issue.record("\($0)")
        }
        #expect(seen == 1)
    }
}

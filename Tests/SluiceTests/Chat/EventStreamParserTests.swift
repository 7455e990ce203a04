import Testing

@testable import Sluice

@Suite struct EventStreamParserTests {
    /// Reads pieces and gives every event as `name|data`.
    private func read(_ pieces: [[UInt8]], maximum: Int = 1 << 20) -> [String] {
        var parser = EventStreamParser(maximumEventBytes: maximum)
        var events: [String] = []
        func take(name: ArraySlice<UInt8>, data: ArraySlice<UInt8>) {
            events.append(String(decoding: name, as: UTF8.self) + "|" + String(decoding: data, as: UTF8.self))
        }
        for piece in pieces { parser.append(piece[...], event: take) }
        parser.finish(event: take)
        return events
    }

    static let tables: [(String, [String])] = [
        ("data: a\n\ndata: b\n\n", ["|a", "|b"]),
        ("data: a\r\n\r\ndata: b\r\n\r\n", ["|a", "|b"]),
        ("data: a\r\ndata: b\r\n\r\n", ["|a\nb"]),
        ("data: a\rdata: b\r\r", ["|a\nb"]),
        ("data: a\r\rdata: b\r\r", ["|a", "|b"]),
        ("data: a\r\n\ndata: b\r\r\n", ["|a", "|b"]),
        ("data:a\ndata:  b\ndata\n\n", ["|a\n b\n"]),
        (": comment\n:\n\ndata: a\n: in between\n\n", ["|a"]),
        ("event: x\ndata: a\n\ndata: b\n\n", ["x|a", "|b"]),
        ("event: lonely\n\ndata: a\n\n", ["|a"]),
        ("id: 1\nretry: 3\ndatum: x\ndat: y\ndata: a\n\n", ["|a"]),
        ("\u{FEFF}data: a\n\n", ["|a"]),
        ("\u{FEFF}\u{FEFF}data: a\n\ndata: b\n\n", ["|b"]),
        ("data: a\u{2028}b\u{85}c\n\n", ["|a\u{2028}b\u{85}c"]),
        ("data: a: b\n\n", ["|a: b"]),
        ("data: trailing", ["|trailing"]),
        ("data: trailing\n", ["|trailing"]),
        ("data:\n\n", ["|"]),
        ("\n\n\r\n", []),
        ("", []),
    ]

    @Test(arguments: tables)
    func cutsEvents(text: String, expected: [String]) {
        #expect(read([Array(text.utf8)]) == expected)
    }

    @Test(arguments: tables)
    func piecesMakeNoDifference(text: String, expected: [String]) {
        let bytes = Array(text.utf8)
        for split in 0...bytes.count {
            #expect(read([Array(bytes[..<split]), Array(bytes[split...])]) == expected, "split at \(split)")
        }
        #expect(read(bytes.map { [$0] }) == expected)
    }

    /// The end of a line is looked for a stretch at a time.
    @Test(arguments: ["\n", "\r", "\r\n"])
    func linesMayBeLong(end: String) {
        for length in [0, 1, 250, 504, 505, 506, 507, 508, 509, 510, 511, 512, 513, 1_017, 1_018, 1_019, 5_000] {
            let text = String(repeating: "x", count: length)
            let stream = Array("data: \(text)\(end)data: y\(end)\(end)data: z\(end)\(end)".utf8)
            #expect(read([stream]) == ["|\(text)\ny", "|z"], "of \(length) bytes")
            #expect(read(stream.map { [$0] }) == ["|\(text)\ny", "|z"], "of \(length) bytes")
        }
    }

    @Test func aLongEventEndsTheReading() {
        let long = Array("data: a\n\ndata: 0123456789\ndata: 0123456789\n\ndata: b\n\n".utf8)
        #expect(read([long], maximum: 20) == ["|a"])
        #expect(read(long.map { [$0] }, maximum: 20) == ["|a"])
        var parser = EventStreamParser(maximumEventBytes: 20)
        parser.append(Array(repeating: 0x61, count: 21)[...]) { _, _ in }
        #expect(parser.isOverLimit)
    }
}

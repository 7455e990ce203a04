import JSON
import Testing

@testable import Sluice

@Suite struct TextBufferTests {
    /// Short text is escaped in one go, long text after a look; a byte to escape may stand anywhere in either.
    @Test func aStringIsWrittenAsJSONTextWritesIt() {
        var chance = Chance(state: 5)
        let pieces = [
            "plain text ", "\"", "\\", "\n", "\u{0}", "\u{1F}", "\u{7F}", "é", "😀", String(repeating: "p", count: 90),
        ]
        for length in 0..<300 {
            let text = (0..<length % 30).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &chance)] }.joined()
            var expected = Array("before".utf8)
            JSONText.appendString(text, to: &expected)
            var found = TextBuffer(capacity: 0)
            found.append("before" as StaticString)
            found.appendString(text)
            #expect(found.bytes == expected)
            found.appendString(utf8: Array(text.utf8))
            JSONText.appendString(text, to: &expected)
            #expect(found.bytes == expected)
        }
    }

    @Test(
        arguments: [
            0, 1, 9, 10, 1_000_000, 999_999_999_999, 1_000_000_000_000, 1_000_000_000_001, 1_500_000_000_000,
            61_250_000,
            -1, -61_250_000, .max, .min,
        ] as [Int64])
    func moneyIsWrittenAsItDescribesItself(picoDollars: Int64) {
        let money = Money(picoDollars: picoDollars)
        var found = TextBuffer(capacity: 0)
        found.append(number: money)
        #expect(String(decoding: found.bytes, as: UTF8.self) == money.description)
    }

    @Test func keysStandBehindCommas() {
        var found = TextBuffer(capacity: 0)
        found.append(key: "a", isFirst: true)
        found.append(key: "", isFirst: false)
        for _ in 0..<20 { found.append(key: "a_longer_key", isFirst: false) }
        let expected = #""a":,"":"# + String(repeating: #","a_longer_key":"#, count: 20)
        #expect(String(decoding: found.bytes, as: UTF8.self) == expected)
    }

    @Test func lineBreaksBetweenTokensBecomeSpaces() {
        var found = TextBuffer(capacity: 0)
        found.append("\n\r" as StaticString)
        Array("{\n\"a\":\r\n1}".utf8).withUnsafeBytes { found.append(json: $0) }
        #expect(found.bytes == Array("\n\r{ \"a\":  1}".utf8))
    }

    @Test func whatIsThereStaysWhenItGrows() {
        var found = TextBuffer(capacity: 0)
        var expected: [UInt8] = []
        for number in 0..<1000 {
            found.append(number: number)
            expected += "\(number)".utf8
        }
        #expect(found.bytes == expected)
        found.removeAll()
        #expect(found.bytes.isEmpty)
    }
}

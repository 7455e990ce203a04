import JSON
import Testing

@Suite struct JSONTextTests {
    @Test func textIsEscaped() {
        var target: [UInt8] = []
        JSONText.appendString("a\"b\\c\u{8}\u{C}\n\r\t\u{0}\u{1F}\u{7F}é😀/\u{2028}", to: &target)
        #expect(String(decoding: target, as: UTF8.self) == #""a\"b\\c\b\f\n\r\t\u0000\u001f"# + "\u{7F}é😀/\u{2028}\"")
    }

    @Test func everyShapeOfBytesWritesTheSame() {
        let bytes = Array("x\"y".utf8)
        for write in [
            { JSONText.appendEscaped(bytes, to: &$0) }, { JSONText.appendEscaped(bytes[...], to: &$0) },
            { JSONText.appendEscaped("x\"y", to: &$0) },
            { target in bytes.withUnsafeBytes { JSONText.appendEscaped($0, to: &target) } },
        ] as [(inout [UInt8]) -> Void] {
            var target = Array(">".utf8)
            write(&target)
            #expect(target == Array(#">x\"y"#.utf8))
        }
    }

    @Test func controlCharactersMayBeMany() throws {
        let bytes = [UInt8](repeating: 1, count: 300)
        var target: [UInt8] = []
        JSONText.appendString(bytes, to: &target)
        #expect(target.count == 1802)
        #expect(try JSONParser().parse(target).string == String(decoding: bytes, as: UTF8.self))
    }

    /// Text is looked at 8 and 64 bytes at a time; a byte to escape may stand at any place of a run of any length.
    @Test func writtenTextParsesBackToItself() throws {
        var random = SeededGenerator(3)
        let parser = JSONParser()
        let alphabet = (0..<0x80).map { Character(UnicodeScalar(UInt8($0))) } + ["é", "€", "😀"]
        for length in 0..<200 {
            var text = String(repeating: "p", count: length)
            for _ in 0..<length / 20 + 1 {
                let at = text.utf8.index(text.startIndex, offsetBy: Int.random(in: 0...length, using: &random))
                text.insert(alphabet.randomElement(using: &random) ?? "x", at: at)
            }
            var target: [UInt8] = []
            JSONText.appendString(text, to: &target)
            #expect(try parser.parse(target).string == text)
        }
    }

    @Test func integersAreWritten() {
        var target: [UInt8] = []
        for integer in [0, -1, Int.max, Int.min] { JSONText.append(integer, to: &target) }
        #expect(String(decoding: target, as: UTF8.self) == "0-19223372036854775807-9223372036854775808")
    }

    @Test func encodingIsChecked() {
        #expect(JSONText.isValidUTF8([]))
        #expect(JSONText.isValidUTF8(Array("é€😀".utf8)))
        for (bytes, offset) in JSONGrammarTests.notUTF8 {
            #expect(!JSONText.isValidUTF8(bytes))
            #expect(!JSONText.isValidUTF8(bytes[...]))
            #expect(bytes.withUnsafeBytes { JSONText.validUTF8Prefix($0) } == offset)
        }
        #expect(Array("é€😀".utf8).withUnsafeBytes { JSONText.validUTF8Prefix($0) } == 9)
    }
}

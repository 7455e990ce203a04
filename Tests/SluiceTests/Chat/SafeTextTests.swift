import Testing

@testable import Sluice

@Suite struct SafeTextTests {
    private func make(_ text: String, limit: Int = 500, secrets: [String] = []) -> String? {
        SafeText.make(Array(text.utf8)[...], limit: limit, redacting: secrets.map { Array($0.utf8) })
    }

    @Test(arguments: [
        ("plain", "plain"), ("a\r\n\t b", "a b"), ("  a  ", "a"), ("a\u{0}\u{7}\u{1B}[0mb", "a[0mb"),
        ("a\u{202E}b\u{2066}c\u{200F}", "abc"), ("a\u{2028}b\u{85}c", "a b c"), ("naïve 🙂", "naïve 🙂"),
    ])
    func dropsWhatIsUnfit(text: String, expected: String) {
        #expect(make(text) == expected)
    }

    @Test func nothingLeftIsNil() {
        #expect(make("") == nil)
        #expect(make(" \n\u{0}") == nil)
    }

    @Test func cutsBetweenCharacters() {
        #expect(make("abcdefghij", limit: 10) == "abcdefghij")
        #expect(make("abcdefghijk", limit: 10) == "abcdefg…")
        #expect(make("ääääää", limit: 10) == "äää…")
        let long = make(String(repeating: "🙂", count: 10_000))
        #expect(long?.utf8.count == 499)
        #expect(make(String(repeating: "\u{0}", count: 100_000) + "end") == "…")
    }

    @Test func repairsBrokenUTF8() {
        #expect(SafeText.make([0x61, 0xC3, 0x28, 0xFF]) == "a\u{FFFD}(\u{FFFD}")
    }

    @Test func removesKeysBeforeCutting() {
        let text = "Incorrect API key provided: sk-secret-0123456789. Find it."
        #expect(make(text, secrets: ["", "sk-secret-0123456789"]) == "Incorrect API key provided: [key]. Find it.")
        #expect(make(text, limit: 36, secrets: ["sk-secret-0123456789"]) == "Incorrect API key provided: [key]…")
        #expect(make("kkkkk", secrets: ["kk"]) == "[key][key]k")
        #expect(make("a sk-\u{0}sec\u{200F}ret b", secrets: ["sk-secret"]) == "a [key] b")
        let unfit = String(repeating: "\u{0}", count: 7_995)
        #expect(make(unfit + "sk-secret", secrets: ["sk-secret"]) == "…")
    }
}

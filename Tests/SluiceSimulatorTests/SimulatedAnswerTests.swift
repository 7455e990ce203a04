import SluiceSimulator
import Testing

@Suite struct SimulatedAnswerTests {
    /// Hashes from the FNV authors' test vectors.
    @Test(arguments: [
        ("", 0xCBF2_9CE4_8422_2325 as UInt64), ("a", 0xAF63_DC4C_8601_EC8C), ("foobar", 0x8594_4171_F739_67E8),
    ])
    func hashIsFNV1a(text: String, hash: UInt64) {
        #expect(SimulatedAnswer.fnv1a(Array(text.utf8)) == hash)
    }

    @Test func contentNamesHashAndBeginning() {
        #expect(SimulatedAnswer.content(forPrompt: "foobar") == "echo:85944171f73967e8 foobar")
        #expect(SimulatedAnswer.content(forPrompt: "") == "echo:cbf29ce484222325 ")
    }

    @Test func excerptCountsCodePointsNotBytes() {
        let answer = SimulatedAnswer(excerptCharacters: 3)
        #expect(answer.content(forPrompt: "aé日本").hasSuffix(" aé日"))
        #expect(answer.content(forPrompt: "aé").hasSuffix(" aé"))
        let long = String(repeating: "x", count: 100)
        #expect(SimulatedAnswer.content(forPrompt: long).utf8.count == 22 + 60)
    }

    @Test(arguments: [28, 29, 38, 39, 300])
    func paddingIsExact(bytes: Int) {
        let content = SimulatedAnswer(answerBytes: bytes).content(forPrompt: "foobar")
        #expect(content.utf8.count == bytes)
        #expect(content.hasPrefix("echo:85944171f73967e8 foobar"))
    }

    @Test func paddingNeverCutsTheEcho() {
        #expect(SimulatedAnswer(answerBytes: 5).content(forPrompt: "foobar") == "echo:85944171f73967e8 foobar")
        #expect(SimulatedAnswer(answerBytes: 38).content(forPrompt: "foobar").hasSuffix("foobar and so on"))
    }

    @Test func furtherChoicesDiffer() {
        #expect(SimulatedAnswer().content(forPrompt: "foobar", choice: 2) == "echo:85944171f73967e8 foobar #2")
    }
}

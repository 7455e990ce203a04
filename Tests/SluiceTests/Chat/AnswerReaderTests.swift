import Testing

@testable import Sluice

@Suite struct AnswerReaderTests {
    private let reader = AnswerReader()

    @Test(
        arguments: [
            ("/v1/chat/completions", ChatFixtures.seed, "Hello! I'm GPT-5.2 ..."),
            ("/v1/chat/completions", ChatFixtures.choice(#""message":{"content":"a\n\"é\ud83d\ude00"}"#), "a\n\"é😀"),
            (
                "/v1/chat/completions",
                ChatFixtures.choice(#""message":{"content":[{"type":"text","text":"a"},{"type":"x"},{"text":"b"}]}"#),
                "ab"
            ),
            ("/v1/chat/completions", ChatFixtures.choice(#""message":{"content":""}"#), ""),
            ("/v1/chat/completions", ChatFixtures.choice(#""message":{"content":null,"tool_calls":[{}]}"#), nil),
            ("/v1/chat/completions", "{}", nil), ("/v1/chat/completions", "oops", nil),
            ("/v1/chat/completions", "", nil),
            ("/v1/chat/completions", ChatFixtures.stream, "Grüße 😀\u{2028}end"),
            ("/v1/completions", #"{"choices":[{"text":"t"}]}"#, "t"),
            (
                "/v1/responses",
                """
                {"output":[{"type":"reasoning","summary":[]},{"type":"message","content":[{"type":"output_text","text":"a"},
                {"type":"output_text","text":"b"}]},{"type":"message","content":[{"type":"output_text","text":"c"}]}]}
                """, "abc"
            ),
            ("/v1/embeddings", #"{"data":[{"embedding":[1]}]}"#, nil),
        ] as [(String, String, String?)])
    func findsTheText(url: String, body: String, expected: String?) {
        #expect(reader.text(of: Array(body.utf8), url: url) == expected)
    }

    @Test func appendsBehindWhatIsThere() {
        var target = Array(">".utf8)
        #expect(reader.appendText(of: Array(ChatFixtures.seed.utf8), url: ChatFixtures.chat, to: &target))
        #expect(!reader.appendText(of: Array("{}".utf8), url: ChatFixtures.chat, to: &target))
        #expect(target == Array(">Hello! I'm GPT-5.2 ...".utf8))
    }

    @Test func readsTheParts() throws {
        let body = Array(ChatFixtures.seed.utf8)
        let parts = try #require(reader.read(body, url: ChatFixtures.chat))
        #expect(parts.document == body)
        #expect(parts.model == "gpt-5.2")
        #expect(parts.finishReason == "stop")
        #expect(parts.refusal == nil && parts.reasoning == nil && parts.toolCalls == nil)
        let message = try #require(parts.message)
        #expect(body[message].elementsEqual(#"{"role":"assistant","content":"Hello! I'm GPT-5.2 ..."}"#.utf8))
        let usage = try #require(parts.usage)
        #expect(body[usage].starts(with: #"{"prompt_tokens":13"#.utf8))
    }

    @Test func readsAnyChoice() throws {
        let body = Array(ChatFixtures.stream.utf8)
        let first = try #require(reader.read(body, url: ChatFixtures.chat))
        #expect(first.reasoning == Array("Hmm.".utf8))
        let second = try #require(reader.read(body, url: ChatFixtures.chat, choice: 1))
        #expect(second.text == nil)
        #expect(second.finishReason == "tool_calls")
        let calls = try #require(second.toolCalls)
        #expect(second.document[calls].starts(with: #"[{"id":"call_1""#.utf8))
        #expect(try #require(reader.read(body, url: ChatFixtures.chat, choice: 2)).text == nil)
        #expect(reader.read(Array("oops".utf8), url: ChatFixtures.chat) == nil)
    }

    @Test func readsRefusals() throws {
        let body = ChatFixtures.choice(#""message":{"content":null,"refusal":"I \"won't\""},"finish_reason":"stop""#)
        let parts = try #require(reader.read(Array(body.utf8), url: ChatFixtures.chat))
        #expect(parts.refusal == Array(#"I "won't""#.utf8))
        #expect(parts.text == nil)
    }
}

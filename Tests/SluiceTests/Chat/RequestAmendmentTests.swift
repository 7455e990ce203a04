import JSON
import Testing

@testable import Sluice

@Suite struct RequestAmendmentTests {
    @Test func splices() {
        let body = Array("0123456789".utf8)
        func applied(_ splices: [(Range<Int>, String)]) -> String {
            let splices = splices.map { BodySplice(range: $0, replacement: Array($1.utf8)) }
            return String(decoding: BodySplice.applying(splices, to: body), as: UTF8.self)
        }
        #expect(applied([]) == "0123456789")
        #expect(applied([(8..<10, "z"), (0..<1, "ab"), (4..<4, "_")]) == "ab123_4567z")
        #expect(applied([(3..<3, "a"), (3..<3, "b"), (3..<5, "c")]) == "012abc56789")
        #expect(applied([(10..<10, "!"), (0..<10, "")]) == "!")
        #expect(BodySplice.applying([BodySplice(range: 0..<0, replacement: [1])], to: []) == [1])
    }

    static let limits: [(body: String, key: String?, value: Int)] = [
        (#"{"max_tokens":100}"#, "max_tokens", 100),
        (#"{"max_tokens":1,"max_output_tokens" : 2}"#, "max_output_tokens", 2),
        (#"{"max_tokens":1,"max_completion_tokens": 3 ,"max_output_tokens":2}"#, "max_completion_tokens", 3),
        (#"{"max_tokens":1,"max_tokens":2}"#, "max_tokens", 2),
        (#"{"max\u005ftokens":5}"#, "max_tokens", 5),
        (#"{"max_completion_tokens":null,"max_tokens":7}"#, "max_tokens", 7),
        (#"{"max_completion_tokens":"9","max_tokens":7}"#, nil, 0),
        (#"{"max_tokens":0}"#, nil, 0), (#"{"max_tokens":-1}"#, nil, 0), (#"{"max_tokens":1e3}"#, nil, 0),
        (#"{"max_tokens":99999999999999999999}"#, nil, 0),
        (#"{"options":{"max_tokens":7}}"#, nil, 0), (#"[{"max_tokens":7}]"#, nil, 0), ("{", nil, 0), ("", nil, 0),
    ]

    @Test(arguments: limits) func outputLimit(_ body: String, _ key: String?, _ value: Int) {
        let bytes = Array(body.utf8)
        let limit = RequestAmendment.outputLimit(of: bytes)
        #expect(limit?.key == key)
        #expect(limit?.value ?? 0 == value)
        guard let limit else { return }
        #expect(bytes[limit.range].elementsEqual(String(value).utf8))
        let grown = BodySplice.applying([limit.splice(to: 4_096)], to: bytes)
        #expect(RequestAmendment.outputLimit(of: grown)?.value == 4_096)
        #expect(grown.count == bytes.count + 4 - limit.range.count)
    }

    static let growth: [(limit: Int, factor: Double, cap: Int, grown: Int?)] = [
        (100, 2, 1_000, 200), (600, 2, 1_000, 1_000), (500, 2, 1_000, 1_000), (999, 2, 1_000, 1_000),
        (1_000, 2, 1_000, nil), (2_000, 2, 1_000, nil), (1, 1.1, 10, 2), (10, 1.5, 100, 15), (3, 1.5, 100, 5),
        (7, 1, 100, 8), (7, -1, 100, 8), (7, .nan, 100, 8), (7, .infinity, 100, 100), (7, -.infinity, 100, 8),
        (.max - 1, 2, .max, .max), (1, 1e300, .max, .max), (.max, 2, .max, nil),
    ]

    @Test(arguments: growth) func grown(_ limit: Int, _ factor: Double, _ cap: Int, _ expected: Int?) {
        #expect(RequestAmendment.grown(limit: limit, factor: factor, cap: cap) == expected)
    }

    /// By one's own policy every limit reaches its cap, and then ends.
    @Test func growthEnds() {
        var limit = 1
        var tries = 0
        while let next = RequestAmendment.grown(limit: limit, factor: 1.1, cap: 100_000_000), tries < 1_000 {
            #expect(next > limit)
            limit = next
            tries += 1
        }
        #expect(limit == 100_000_000)
    }

    private static let url = "/v1/chat/completions"

    private static func corrected(_ body: String, url: String = url, answer: String = "{") -> String? {
        let turns = RequestAmendment.correctingTurns(answerText: Array(answer.utf8), fault: "the text is \"bad\"")
        let splice = RequestAmendment.adding(turns: turns, to: Array(body.utf8), url: url)
        guard let splice else { return nil }
        return String(decoding: BodySplice.applying([splice], to: Array(body.utf8)), as: UTF8.self)
    }

    private static let user =
        #"{"role":"user","content":"Your answer could not be used: the text is \"bad\". Answer again. Give only the "#
        + #"corrected answer, complete, without an explanation and without a code fence."}"#

    @Test func correction() {
        let turns = #"{"role":"assistant","content":"{"},"# + Self.user
        #expect(
            Self.corrected(#"{ "messages" : [ {"role":"user","content":"é\u00e9"} ] , "temperature": 0.20}"#)
                == #"{ "messages" : [ {"role":"user","content":"é\u00e9"},"# + turns + #" ] , "temperature": 0.20}"#)
        #expect(Self.corrected(#"{"messages":[ ]}"#) == #"{"messages":["# + turns + #" ]}"#)
        #expect(
            Self.corrected(#"{"messages":[1],"messages":[2,3],"input":[4]}"#)
                == #"{"messages":[1],"messages":[2,3,"# + turns + #"],"input":[4]}"#)
        #expect(
            Self.corrected(#"{"input":[{"role":"user","content":"x"}]}"#, url: "/openai/v1/responses?api-version=1")
                == #"{"input":[{"role":"user","content":"x"},"# + turns + "]}")
        #expect(Self.corrected(#"{"messages":[1]}"#, answer: "") == #"{"messages":[1,"# + Self.user + "]}")
    }

    @Test(arguments: [
        ("/v1/responses", #"{"input":"text"}"#), ("/v1/responses", #"{"messages":[1]}"#), (url, #"{"input":[1]}"#),
        (url, #"{"messages":{}}"#), (url, "[]"), (url, "{"), ("/v1/completions", #"{"messages":[1]}"#),
        ("/v1/embeddings", #"{"input":[1]}"#), ("/other", #"{"messages":[1]}"#),
    ])
    func noCorrection(_ url: String, _ body: String) {
        #expect(Self.corrected(body, url: url) == nil)
    }

    private static func assistant(_ answer: [UInt8]) throws -> String {
        let turns = RequestAmendment.correctingTurns(answerText: answer, fault: "f")
        let list = try JSONParser().parse([UInt8(ascii: "[")] + turns + [UInt8(ascii: "]")])
        #expect(list.count == 2)
        return try #require(list[0]?["content"]?.string)
    }

    @Test func answersTravelAsTheyCame() throws {
        let text = "a\"b\\c\n\u{0}\u{1F}é😀</s>"
        #expect(try Self.assistant(Array(text.utf8)) == text)
        #expect(try Self.assistant([0x61, 0xFF, 0x62]) == "a\u{FFFD}b")
    }

    @Test(arguments: 0..<4) func longAnswersAreCutBetweenCharacters(_ shift: Int) throws {
        let text = String(repeating: "a", count: shift) + String(repeating: "😀", count: 20_000)
        let shown = try Self.assistant(Array(text.utf8))
        #expect(text.hasPrefix(shown))
        #expect(shown.utf8.count <= RequestAmendment.longestAnswer)
        #expect(shown.utf8.count > RequestAmendment.longestAnswer - 4)
        let exact = String(repeating: "😀", count: RequestAmendment.longestAnswer / 4)
        #expect(try Self.assistant(Array(exact.utf8)) == exact)
    }
}

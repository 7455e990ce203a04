import JSON
import Testing

@testable import Sluice

/// Thousands of damaged answers, the same ones every time: nothing traps, and no damage passes for a whole answer.
@Suite struct ClassifierFuzzTests {
    /// SplitMix64.
    struct Chance: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    static let bodies =
        [ChatFixtures.seed, ChatFixtures.stream, ChatFixtures.streamDocument] + ProviderShapeTests.shapes.map(\.body)

    private static let scraps: [[UInt8]] = [
        "null", "[]", "{}", "\"\"", "-1", "1e999", "99999999999999999999", "\\ud800", "\u{2028}", "data: ", "\n\n",
        "\r",
        "[DONE]", "true", "\"error\":", "\"choices\":[", "\u{0}", "}]", "event: error\n",
    ].map { Array($0.utf8) }

    private static func mutate(_ body: [UInt8], _ chance: inout Chance) -> [UInt8] {
        var body = body
        for _ in 0..<Int.random(in: 1...4, using: &chance) {
            let place = Int.random(in: 0...body.count, using: &chance)
            let end = min(body.count, place + Int.random(in: 0...12, using: &chance))
            switch Int.random(in: 0..<6, using: &chance) {
            case 0 where place < body.count: body[place] = UInt8.random(in: 0...255, using: &chance)
            case 1: body.removeSubrange(place..<end)
            case 2: body.insert(contentsOf: scraps.randomElement(using: &chance) ?? [], at: place)
            case 3: body.replaceSubrange(place..<end, with: scraps.randomElement(using: &chance) ?? [])
            case 4: body.insert(contentsOf: body[place..<end], at: place)
            default: body.removeSubrange(place...)
            }
        }
        return body
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func survivesDamage(seed: UInt64) {
        var chance = Chance(state: seed)
        let classifier = OutcomeClassifier()
        let reader = AnswerReader()
        let parser = JSONParser()
        let paths = [ChatFixtures.chat, ChatFixtures.chat, "/v1/responses", "/v1/completions", "/v1/embeddings", "/x"]
        for _ in 0..<1500 {
            let body = Self.mutate(Array((Self.bodies.randomElement(using: &chance) ?? "").utf8), &chance)
            let status = [200, 200, 200, 400, 429, 500].randomElement(using: &chance) ?? 200
            let url = paths.randomElement(using: &chance) ?? ChatFixtures.chat
            let answer = HTTPAnswer(status: status, headers: HTTPHeaders(block: Array(body.prefix(80))), body: body)
            let outcome = classifier.classify(.success(answer), url: url, now: 0)
            let document = outcome.document ?? body
            // A settled answer is whole JSON, and what is said of its usage lies inside it.
            if case .settle(let settled) = outcome.verdict, status == 200, settled != .failed, settled != .filtered {
                #expect((try? parser.parse(OutcomeClassifier.withoutMark(document))) != nil)
            }
            if let range = outcome.usageRange { #expect(document[range].first == UInt8(ascii: "{")) }
            #expect((outcome.errorMessage?.utf8.count ?? 0) <= 500)
            if case .settle(.failed) = outcome.verdict { #expect(outcome.errorCode != nil) }
            _ = reader.read(body, url: url, choice: 1)
            // However a stream is cut into pieces, it reads the same.
            let split = Int.random(in: 0...body.count, using: &chance)
            let whole = StreamedAnswer(body, parser: parser)
            let pieces = StreamedAnswer(pieces: [body[..<split], body[split...]], parser: parser)
            #expect(whole.document == pieces.document && whole.end == pieces.end)
            #expect((try? parser.parse(whole.document)) != nil)
            _ = RateLimitHeaders(answer.headers, now: 0)
            if let root = try? parser.parse(body) { _ = Usage(root) }
        }
    }
}

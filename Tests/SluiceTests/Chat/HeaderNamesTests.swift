import Testing

@testable import Sluice

@Suite struct HeaderNamesTests {
    private static let known = [
        "etag", "x-a", "x-b", "x-c-1", "content-type", "x-request-id", "x-ratelimit-limit-tokens",
    ]
    private static let names = HeaderNames(known.enumerated().map { ($1, $0) })

    /// One look finds what a comparison with every name finds, whatever the letters' case and whatever stands around.
    @Test func oneLookFindsWhatComparingFinds() {
        var chance = Chance(state: 9)
        for _ in 0..<5000 {
            var name = Array((Self.known.randomElement(using: &chance) ?? "").utf8)
            for place in name.indices where Int.random(in: 0..<3, using: &chance) == 0 { name[place] ^= 0x20 }
            switch Int.random(in: 0..<6, using: &chance) {
            case 0: name.removeLast()
            case 1: name.append(UInt8.random(in: 0...255, using: &chance))
            case 2: name[Int.random(in: 0..<name.count, using: &chance)] = UInt8.random(in: 0...255, using: &chance)
            default: break
            }
            let expected = Self.known.firstIndex { $0.utf8.elementsEqual(name.map(\.lowercased)) }
            #expect(name.withUnsafeBytes { Self.names.meaning(of: $0) } == expected)
        }
    }

    @Test func nothingIsKnownOfNoNames() {
        #expect([0x61].withUnsafeBytes { HeaderNames<Int>([]).meaning(of: $0) } == nil)
        #expect([UInt8]().withUnsafeBytes { Self.names.meaning(of: $0) } == nil)
    }

    /// Lines that are folded, empty, without a colon or with white space in their names are passed by in both ways.
    @Test func knownLinesAreThoseAmongAllLines() {
        var chance = Chance(state: 11)
        let scraps = [
            "x-a", "ETag", "content-type", "date", " ", "\t", ":", ":", ": ", "\r\n", "\n", "\r", "HTTP/1.1 200", "y",
            "",
        ]
        for _ in 0..<5000 {
            let text = (0..<Int.random(in: 0...20, using: &chance)).map { _ in
                scraps.randomElement(using: &chance) ?? ""
            }
            let headers = HTTPHeaders(block: Array(text.joined().utf8))
            var found: [String] = []
            headers.forEach(of: Self.names) { found.append("\(Self.known[$0]) \($1)") }
            let expected = headers.fields.flatMap { field in
                Self.known.filter { Array($0.utf8) == headers.block[field.name].map(\.lowercased) }
                    .map { "\($0) \(field.value)" }
            }
            #expect(found == expected)
        }
    }

    /// Two scopes, parts in either order and in any case; nothing of what is merely alike.
    @Test func limitsAreReadByTheirWholeNames() {
        let headers = HTTPHeaders([
            "X-RateLimit-Limit-Project-Tokens": "1", "x-ratelimit-limit-project-tokens-": "2",
            "anthropic-RATELIMIT-input-tokens-remaining": "3", "anthropic-ratelimit-remaining-input-tokens": "4",
            "x-ratelimit-limitrequests": "5", "x-ratelimit-resets": "6", "x-ratelimit-": "7",
            "anthropic-ratelimit-output-tokens-limit": "8", "anthropic-ratelimit-limit": "9",
        ])
        var expected = RateLimitHeaders()
        expected.projectTokens.limit = 1
        expected.inputTokens.remaining = 3
        expected.outputTokens.limit = 8
        #expect(RateLimitHeaders(headers, now: 0) == expected)
    }
}

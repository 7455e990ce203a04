import Testing

@testable import Sluice

@Suite struct AttemptBoundTests {
    private static func claim(_ body: String, limit: Int? = nil) -> Claim {
        Claim(
            requestID: 1, attemptID: 1, customID: "a", url: "/v1/chat/completions", body: Array(body.utf8), attempts: 0,
            throttles: 0, promptEstimate: 1, outputLimit: limit)
    }

    private static func file(_ type: String, bytes: Int) -> Sluice.Attachment {
        Sluice.Attachment(
            position: 0, path: "/x", form: .base64, mediaType: type, bytes: bytes,
            sha256: Array(repeating: 0, count: 32))
    }

    @Test func aTokenAByteAndTheWholeLimit() throws {
        // Two bytes a letter here.
        let bound = AttemptBound(Self.claim(#"{"x":"ää"}"#, limit: 50), price: nil)
        #expect(bound.promptTokens == 12)
        #expect(bound.tokens == 62)
        #expect(bound.cost == nil)
    }

    @Test func withoutALimitThereIsNoBound() throws {
        let bound = AttemptBound(
            Self.claim("{}"), price: Pricing(Price(input: try dollars("1"), output: try dollars("1"))))
        #expect(bound.tokens == nil)
        #expect(bound.cost == nil)
    }

    /// The dearer of input and what is written to a cache; the dearer of text and thinking.
    @Test func theCostIsTheDearest() throws {
        let price = Price(
            input: try dollars("1"), cacheWrite: try dollars("2"), output: try dollars("3"), reasoning: try dollars("4")
        )
        let bound = AttemptBound(Self.claim("{}", limit: 10), price: Pricing(price))
        #expect(bound.cost == Money(picoDollars: 2 * 2_000_000 + 10 * 4_000_000))
    }

    /// A raised limit counts for each choice; what is added to a conversation counts too.
    @Test func anAmendmentRaisesIt() {
        var claim = Self.claim(#"{"n":3,"max_tokens":10}"#, limit: 30)
        claim.amendment = Amendment(outputLimit: 40, turns: [1, 2, 3])
        let bound = AttemptBound(claim, price: nil)
        #expect(bound.outputTokens == 120)
        #expect(bound.promptTokens == claim.body.count + 3)
        claim.outputLimit = .max
        #expect(AttemptBound(claim, price: nil).outputTokens == 1_000_000_000_000)
    }

    @Test(arguments: [("image/png", 30_000, 30_000), ("image/png", 9_000_000, 50_000), ("audio/wav", 90_000, 90_000)])
    func filesCountByTheirBytes(type: String, bytes: Int, tokens: Int) {
        var claim = Self.claim("{}")
        claim.attachments = [Self.file(type, bytes: bytes), Self.file(type, bytes: bytes)]
        #expect(AttemptBound(claim, price: nil).promptTokens == 2 + 2 * tokens)
    }
}

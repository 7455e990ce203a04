import Testing

@testable import Sluice

@Suite struct AttemptBoundTests {
    private static func claim(_ body: String, limit: Int? = nil, url: String = "/v1/chat/completions") -> Claim {
        Claim(
            requestID: 1, attemptID: 1, customID: "a", url: url, body: Array(body.utf8), attempts: 0,
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

    /// Plain completions answer each of their prompts; what writes nothing needs no limit.
    @Test(arguments: [
        ("/v1/completions", #"{"prompt":["a","b","c"],"max_tokens":10}"#, 10, 30 as Int?),
        ("/v1/completions", #"{"prompt":"a","n":2,"best_of":5,"max_tokens":10}"#, 20, 60),
        ("/v1/completions", #"{"prompt":[1,2,3],"max_tokens":10}"#, 10, 10),
        ("/v1/embeddings", #"{"input":"a"}"#, nil, 0), ("/v1/moderations", #"{"input":"a"}"#, nil, 0),
        ("/v1/images/generations", #"{"prompt":"a"}"#, nil, nil), ("/v1/chat/completions", "{}", -1, nil),
    ])
    func answersAreBoundedByTheirKind(url: String, body: String, limit: Int?, tokens: Int?) {
        #expect(AttemptBound(Self.claim(body, limit: limit, url: url), price: nil).outputTokens == tokens)
    }

    /// The dearest of all tiers and lengths of prompt; the file's longest answer where the request sets no limit.
    @Test func aPriceFileIsReadAtItsWorst() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "prices.json",
            """
            {"m": {"input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6, "input_cost_per_token_priority": 3e-6,
                   "output_cost_per_token_above_20_tokens": 5e-6, "max_output_tokens": 100}}
            """)
        let pricing = try Pricing(.file(PriceFile(path: path)))
        let body = #"{"model":"m","n":2}"#
        let bound = AttemptBound(Self.claim(body), price: pricing)
        #expect(bound.outputTokens == 200)
        #expect(bound.cost?.picoDollars == Int64(body.utf8.count) * 3_000_000 + 200 * 2_000_000)
        let long = AttemptBound(Self.claim(body + "   "), price: pricing)
        #expect(long.cost?.picoDollars == Int64(body.utf8.count + 3) * 3_000_000 + 200 * 5_000_000)
    }

    @Test(arguments: [("image/png", 300, 50_000), ("image/png", 9_000_000, 50_000), ("audio/wav", 90_000, 90_000)])
    func filesCountByTheirBytes(type: String, bytes: Int, tokens: Int) {
        var claim = Self.claim("{}")
        claim.attachments = [Self.file(type, bytes: bytes), Self.file(type, bytes: bytes)]
        #expect(AttemptBound(claim, price: nil).promptTokens == 2 + 2 * tokens)
    }

    /// An image counts the same by an address, in the body and as a file; what lies elsewhere has no bound.
    @Test(arguments: [
        (
            #"{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"http://x/y"}},{"type":"text","text":"a"}]}]}"#,
            1, false
        ),
        (
            #"{"input":[{"role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,aaaa"}]}]}"#,
            1, false
        ),
        (#"{"input":[{"role":"user","content":[{"type":"input_file","file_id":"f"}]}]}"#, 0, true),
        (#"{"messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"f"}}]}]}"#, 0, true),
        (#"{"messages":[{"role":"user","content":[{"type":"file","file":{"file_data":"f"}}]}]}"#, 0, false),
        (#"{"input":"a","previous_response_id":"r"}"#, 0, true),
        (#"{"input":"a","previous_response_id":null}"#, 0, false),
        (#"{"input":"a","tools":[{"type":"web_search"}]}"#, 0, true),
        (#"{"input":"a","tools":[{"type":"function","name":"f"}]}"#, 0, false), (#"{"prompt":{"id":"p"}}"#, 0, true),
        (#"{"messages":[{"role":"user","content":"\"image_url\":"}]}"#, 0, false), ("[]", 0, false), ("{", 0, false),
    ])
    func whatIsReadBesideTheBytes(body: String, images: Int, drawsInMore: Bool) {
        let bound = AttemptBound(Self.claim(body, limit: 10), price: nil)
        #expect(bound.promptTokens == body.utf8.count + images * 50_000)
        #expect(bound.drawsInMore == drawsInMore)
        #expect((bound.tokens == nil) == drawsInMore)
    }
}

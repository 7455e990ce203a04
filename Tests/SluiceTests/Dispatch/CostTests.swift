import Testing

@testable import Sluice

/// What attempts cost, from the answer to the totals.
@Suite struct CostTests {
    private static let prices = """
        {"gpt-5.2": {"input_cost_per_token": 1.75e-6, "output_cost_per_token": 1.4e-5,
          "cache_read_input_token_cost": 1.75e-7, "cache_creation_input_token_cost": 2e-6,
          "input_cost_per_token_flex": 8.75e-7, "output_cost_per_token_flex": 7e-6,
          "cache_read_input_token_cost_flex": 8.75e-8},
         "m": {"input_cost_per_token": 1e-6, "output_cost_per_token": 1e-6}}
        """

    private static func answer(_ model: String?, tier: String? = nil, usage: String) -> ScriptedTransport.Reply {
        let model = model.map { #""model":"\#($0)","# } ?? ""
        let tier = tier.map { #""service_tier":"\#($0)","# } ?? ""
        return .json(
            200,
            #"{\#(model)\#(tier)"choices":[{"index":0,"message":{"role":"assistant","content":"yes"},"#
                + #""finish_reason":"stop"}],"usage":\#(usage)}"#)
    }

    private static func scene(rows: Int) throws -> Scene {
        let scene = try Scene(rows: rows)
        let path = try scene.folder.write("prices.json", prices)
        scene.price = try Pricing(.file(PriceFile(path: path)))
        return scene
    }

    private static let seed = #"{"prompt_tokens":13,"completion_tokens":1891,"total_tokens":1904}"#

    @Test func totalsHoldWhatIsKnownAndCountTheRest() async throws {
        let scene = try Self.scene(rows: 5)
        _ = try await scene.run { id, _ in
            switch id {
            case "r0": Self.answer("gpt-5.2", usage: Self.seed)
            case "r1": Self.answer("gpt-5.2", tier: "flex", usage: Self.seed)
            // The request asks for `m`.
            case "r2": Self.answer("a-file-of-weights", usage: Self.seed)
            case "r3": Self.answer("gpt-5.2", usage: "null")
            default:
                // What the provider says it charged counts before what the file says.
                Self.answer("gpt-5.2", usage: #"{"prompt_tokens":13,"completion_tokens":1891,"cost":0.5}"#)
            }
        }
        let totals = try scene.report().totals
        #expect(totals.cost.description == "0.541649125")
        #expect(totals.costUnknown == 1)
        #expect(totals.usageAbsent == 1)
        let text = try scene.report().text
        #expect(text.contains("$0.541649125 and unknown for 1 attempt\n"))
    }

    /// A request that was given up may have been billed: at most for a token a byte and all that its answer may have.
    @Test func whatWasGivenUpCostAtMostItsLimit() async throws {
        let scene = try Scene(rows: 2, concurrency: 2, limit: 100)
        scene.price = Pricing(Price(input: try dollars("1"), output: try dollars("10")))
        #expect(try await scene.run(stopAfter: 2) { _, _ in .never } == .interrupted)
        let totals = try scene.report().totals
        let bytes = Int(try #require(try scene.count("SELECT sum(length(body)) FROM requests")))
        #expect(totals.possiblyBilled == 2)
        #expect(totals.possible.tokens == bytes + 200)
        #expect(totals.possible.cost.picoDollars == Int64(bytes) * 1_000_000 + 2_000_000_000)
        #expect(try scene.count("SELECT sum(cost_at_most_picousd) FROM attempts") == totals.possible.cost.picoDollars)
    }

    @Test func theLedgerKeepsTierAndTokensWrittenToACache() async throws {
        let scene = try Self.scene(rows: 1)
        let usage =
            #"{"prompt_tokens":1000,"completion_tokens":10,"#
            + #""prompt_tokens_details":{"cached_tokens":400,"cache_write_tokens":300}}"#
        let tier = "flex"
        _ = try await scene.run { _, _ in Self.answer("gpt-5.2", tier: tier, usage: usage) }
        // 300 at 0.875, 400 at 0.0875, 300 at 2 (no flex rate) and 10 at 7 for a million.
        #expect(try scene.count("SELECT cost_picousd FROM attempts") == 967_500_000)
        #expect(try scene.count("SELECT cache_write_tokens FROM attempts") == 300)
        #expect(try scene.count("SELECT service_tier = 'flex' FROM attempts") == 1)
    }

    @Test func aLongWordForATierIsCut() async throws {
        let scene = try Self.scene(rows: 1)
        let tier = String(repeating: "ü", count: 90)
        _ = try await scene.run { _, _ in Self.answer("gpt-5.2", tier: tier, usage: Self.seed) }
        let length = try #require(try scene.count("SELECT length(CAST(service_tier AS BLOB)) FROM attempts"))
        #expect((32...64).contains(length))
        #expect(try scene.count("SELECT cost_picousd FROM attempts") == 26_496_750_000)
    }

    @Test func aModelNobodyPricesIsUnknownAndNotFree() async throws {
        let scene = try Self.scene(rows: 1)
        let path = try scene.folder.write(
            "other.json", #"{"n":{"input_cost_per_token":1,"output_cost_per_token":1}}"#)
        scene.price = try Pricing(.file(PriceFile(path: path)))
        _ = try await scene.run { _, _ in Self.answer("gpt-5.2", usage: Self.seed) }
        #expect(try scene.report().totals.costUnknown == 1)
        #expect(try scene.count("SELECT cost_picousd IS NULL FROM attempts") == 1)
        #expect(try scene.report().text.contains("unknown for 1 attempt\n"))
    }
}

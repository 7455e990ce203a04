import Testing

@testable import Sluice

@Suite struct PriceBookTests {
    private static let file = """
        {
          "sample_spec": {"input_cost_per_token": "dollars, as a number", "output_cost_per_token": 0},
          "gpt-5.2": {
            "litellm_provider": "openai", "mode": "chat", "max_input_tokens": 400000, "supports_vision": true,
            "input_cost_per_token": 1.75e-06, "output_cost_per_token": 1.4e-05, "cache_read_input_token_cost": 1.75e-07,
            "input_cost_per_token_batches": 8.75e-07, "output_cost_per_token_batches": 7e-06,
            "cache_read_input_token_cost_batches": 8.75e-08,
            "input_cost_per_token_flex": 8.75e-07, "output_cost_per_token_flex": 7e-06,
            "cache_read_input_token_cost_flex": 8.75e-08,
            "input_cost_per_token_priority": 3.5e-06, "output_cost_per_token_priority": 2.8e-05,
            "cache_read_input_token_cost_priority": 3.5e-07
          },
          "long": {
            "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6, "cache_read_input_token_cost": 1e-7,
            "cache_creation_input_token_cost": 1.25e-6, "cache_creation_input_token_cost_above_1hr": 9,
            "input_cost_per_token_above_200k_tokens": 3e-6, "output_cost_per_token_above_200k_tokens": 4e-6,
            "input_cost_per_token_above_272k_tokens_priority": 7e-6,
            "output_cost_per_token_priority_above_272k_tokens": 8e-6,
            "input_cost_per_token_above_500_tokens": 1.5e-6
          },
          "text": {"input_cost_per_token": "1.75e-06", "output_cost_per_token": "0.000014"},
          "whole": {"input_cost_per_token": 1, "output_cost_per_token": 9},
          "free": {"input_cost_per_token": 0, "output_cost_per_token": 0.0},
          "binary": {"input_cost_per_token": 8.000000000000001e-07, "output_cost_per_token": 1.9999999999999998e-06},
          "thinker": {
            "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6, "output_cost_per_reasoning_token": 5e-6,
            "output_cost_per_reasoning_token_flex": 3e-6
          },
          "odd": {"input_cost_per_token": 1e-18, "output_cost_per_token": 3e-18},
          "embedder": {"mode": "embedding", "input_cost_per_token": 2e-8},
          "image": {"mode": "image_generation", "output_cost_per_image": 0.04},
          "speaker": {"mode": "audio_speech", "input_cost_per_token": 2e-8},
          "ranges": {
            "input_cost_per_token": 9, "output_cost_per_token": 2e-6, "input_cost_per_token_batches": 9,
            "tiered_pricing": [
              {"range": [32000, 256000.0], "input_cost_per_token": "3e-6", "cache_read_input_token_cost": 1e-6},
              {"range": [0, 32000], "input_cost_per_token": 1e-6, "output_cost_per_token": 5e-6,
               "cache_read_input_token_cost": 1e-7, "output_cost_per_reasoning_token": 7e-6}
            ]
          },
          "no start": {
            "tiered_pricing": [{"range": [10, 20], "input_cost_per_token": 1e-6, "output_cost_per_token": 1e-6}]
          },
          "twice": {
            "tiered_pricing": [
              {"range": [0, 10], "input_cost_per_token": 1e-6, "output_cost_per_token": 1e-6},
              {"range": [0, 20], "input_cost_per_token": 1e-6, "output_cost_per_token": 1e-6}
            ]
          },
          "no ranges": {
            "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6, "tiered_pricing": [{"max_results_range": [0, 1]}]
          },
          "no list": {"input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6, "tiered_pricing": {"range": [0, 1]}},
          "hours": {
            "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6,
            "off_peak_pricing": {"hours_utc": "16:30-00:30", "input_cost_per_token": 5e-7}
          },
          "plain": {
            "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6, "cache_read_input_token_cost": null,
            "tiered_pricing": [], "off_peak_pricing": null
          },
          "azure/gpt-5.2": {"input_cost_per_token": 2e-6, "output_cost_per_token": 15e-6},
          "azure/hours-2026-01-31": {
            "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6, "off_peak_pricing": {"hours_utc": "1"}
          },
          "azure/hours": {"input_cost_per_token": 2e-6, "output_cost_per_token": 15e-6}
        }
        """

    private static func pricing(
        _ text: String = file, provider: String? = nil, model: String? = nil, tier: PriceTier? = nil
    ) throws -> Pricing {
        let folder = try TemporaryFolder()
        let path = try folder.write("prices.json", text)
        return try Pricing(.file(PriceFile(path: path, provider: provider, model: model, tier: tier)))
    }

    private static func cost(
        _ model: String, _ usage: Usage, _ tier: String? = nil, stated: PriceTier? = nil
    ) throws -> String? {
        try pricing(tier: stated).cost(of: usage, servedModel: model, tier: tier) { nil }?.description
    }

    private static func usage(_ prompt: Int, _ completion: Int, cached: Int? = nil, written: Int? = nil) -> Usage {
        Usage(promptTokens: prompt, completionTokens: completion, cachedTokens: cached, cacheWriteTokens: written)
    }

    @Test(arguments: [
        ("gpt-5.2", nil as String?, nil as PriceTier?, "0.02649675"), ("gpt-5.2", "default", nil, "0.02649675"),
        ("gpt-5.2", "auto", nil, "0.02649675"), ("gpt-5.2", "flex", nil, "0.013248375"),
        ("gpt-5.2", "batch", nil, "0.013248375"), ("gpt-5.2", "priority", nil, "0.0529935"),
        ("gpt-5.2", "fast", nil, "0.0529935"), ("gpt-5.2", "Priority", nil, "0.0529935"),
        // What the answer reports counts before what the job states; but a batch's answers report `default`.
        ("gpt-5.2", nil, .flex, "0.013248375"), ("gpt-5.2", "default", .flex, "0.02649675"),
        ("gpt-5.2", "default", .priority, "0.02649675"), ("gpt-5.2", "default", .batch, "0.013248375"),
        ("gpt-5.2", "priority", .batch, "0.0529935"), ("gpt-5.2", "auto", .batch, "0.013248375"),
        ("gpt-5.2", "flex", .standard, "0.013248375"),
        // Without rates of their own: half for a batch, the standard ones for the rest.
        ("text", nil, nil, "0.02649675"), ("text", "batch", nil, "0.013248375"), ("text", "flex", nil, "0.02649675"),
        ("text", "priority", nil, "0.02649675"), ("free", nil, nil, "0"), ("whole", nil, nil, "17032"),
    ])
    func theSeedsAnswer(model: String, tier: String?, stated: PriceTier?, cost: String) throws {
        #expect(try Self.cost(model, Self.usage(13, 1891), tier, stated: stated) == cost)
    }

    @Test(arguments: [
        (nil as String?, "0.00252"), ("flex", "0.00126"), ("batch", "0.00126"), ("priority", "0.00504"),
    ])
    func cachedTokensHaveTheirTiersRate(tier: String?, cost: String) throws {
        // 400 cached of 1000, 100 out.
        #expect(try Self.cost("gpt-5.2", Self.usage(1000, 100, cached: 400), tier) == cost)
    }

    /// Above the border, and not at it, the whole request has the other price; each kind without one keeps its own.
    @Test(arguments: [
        (500, nil as String?, "0.0007"), (501, nil, "0.0009515"), (200_000, nil, "0.3002"),
        (200_001, nil, "0.600403"), (200_001, "batch", "0.3002015"), (200_001, "flex", "0.600403"),
        (200_001, "priority", "0.600403"), (272_000, "priority", "0.8164"), (272_001, "priority", "1.904807"),
        (272_001, nil, "0.816403"), (300_000, "batch", "0.4502"),
    ])
    func longPromptsRepriceTheWholeRequest(prompt: Int, tier: String?, cost: String) throws {
        #expect(try Self.cost("long", Self.usage(prompt, 100), tier) == cost)
    }

    @Test func longPromptsKeepTheRatesThatHaveNoOther() throws {
        // 100,000 at 3, 100,000 cached at 0.1, 50,000 written at 1.25 for a million.
        let usage = Self.usage(250_000, 0, cached: 100_000, written: 50_000)
        #expect(try Self.cost("long", usage) == "0.3725")
    }

    @Test func thinkingIsPricedApartWhereTheFileDoes() throws {
        let usage = Usage(promptTokens: 0, completionTokens: 1000, reasoningTokens: 500)
        #expect(try Self.cost("thinker", usage) == "0.0035")
        #expect(try Self.cost("thinker", usage, "flex") == "0.0025")
        #expect(try Self.cost("thinker", usage, "batch") == "0.00175")
        #expect(try Self.cost("text", usage) == "0.014")
    }

    @Test func numbersFromBinaryFractionsAreRounded() throws {
        #expect(try Self.cost("binary", Self.usage(1_000_000, 0)) == "0.8")
        #expect(try Self.cost("binary", Self.usage(0, 1_000_000)) == "2")
    }

    @Test func halfOfAnOddRateIsRoundedUp() throws {
        #expect(try Self.cost("odd", Self.usage(1_000_000, 0), "batch") == "0.000000000001")
        #expect(try Self.cost("odd", Self.usage(0, 1_000_000), "batch") == "0.000000000002")
    }

    @Test func numbersThatNoAnswerHasDoNotTrap() throws {
        for model in ["whole", "long", "thinker", "free"] {
            let usage = Usage(
                promptTokens: .max, completionTokens: .max, cachedTokens: .max, cacheWriteTokens: .max,
                reasoningTokens: .max)
            #expect(try Self.cost(model, usage, "batch") != nil)
        }
        #expect(try Self.cost("whole", Self.usage(.max, .max)) == Money(picoDollars: .max).description)
    }

    @Test func onlyEmbeddingsMayLackAnOutputRate() throws {
        #expect(try Self.cost("embedder", Usage(promptTokens: 1_000_000)) == "0.02")
        #expect(try Self.cost("speaker", Self.usage(1, 1)) == nil)
        #expect(try Self.cost("image", Self.usage(1, 1)) == nil)
    }

    @Test(arguments: [
        "no start", "twice", "no ranges", "no list", "hours", "sample_spec", "nobody", "", "gpt-5.2-mini",
    ])
    func whatTheFileDoesNotTellIsUnknown(model: String) throws {
        #expect(try Self.cost(model, Self.usage(13, 1891)) == nil)
    }

    /// All rates are of one range; what it does not state is as its other input, or the model's own output.
    @Test(arguments: [
        (32_000, 1000, nil as String?, "0.0371"), (32_001, 1000, nil, "0.098003"), (999_999, 0, nil, "2.999997"),
        (32_000, 1000, "batch", "0.01855"), (32_000, 1000, "priority", "0.0371"),
    ])
    func rangesOfPrompts(prompt: Int, completion: Int, tier: String?, cost: String) throws {
        let usage = Usage(promptTokens: prompt, completionTokens: completion, reasoningTokens: 50)
        #expect(try Self.cost("ranges", usage, tier) == cost)
    }

    @Test func cachedTokensOfARange() throws {
        #expect(try Self.cost("ranges", Self.usage(1000, 0, cached: 500, written: 100)) == "0.00055")
        #expect(try Self.cost("ranges", Self.usage(40_000, 0, cached: 20_000, written: 100)) == "0.08")
    }

    @Test func emptyRulesAreNone() throws {
        #expect(try Self.cost("plain", Self.usage(1_000_000, 0, cached: 1_000_000)) == "1")
    }

    // MARK: Which model

    /// Answers cost 1.75 a million where `gpt-5.2` is taken, 2 where `azure/gpt-5.2` is, 1 where `plain` is.
    @Test(arguments: [
        ("gpt-5.2" as String?, nil as String?, nil as String?, nil as String?, "1.75" as String?),
        ("house", "gpt-5.2", nil, nil, "1.75"), (nil, "gpt-5.2", nil, nil, "1.75"), ("plain", "gpt-5.2", nil, nil, "1"),
        ("gpt-5.2-2025-12-11", nil, nil, nil, "1.75"), ("gpt-5.2-2025-12-11", "plain", nil, nil, "1"),
        (nil, "gpt-5.2-2025-12-11", nil, nil, "1.75"), ("gpt-5.2-2025-12-1", nil, nil, nil, nil),
        ("gpt-5.2-20251211", nil, nil, nil, nil), ("gpt-5.2-2025-12-11-x", nil, nil, nil, nil),
        ("-2025-12-11", nil, nil, nil, nil), ("2025-12-11", nil, nil, nil, nil), (nil, nil, nil, nil, nil),
        ("gpt-5.2", nil, "azure", nil, "2"), ("gpt-5.2-2025-12-11", nil, "azure", nil, "2"),
        ("house", "gpt-5.2", "azure", nil, "2"), ("plain", nil, "azure", nil, "1"),
        ("plain", "gpt-5.2", "azure", nil, "2"),
        ("gpt-5.2", nil, "vertex", nil, "1.75"),
        ("gpt-5.2", "gpt-5.2", nil, "plain", "1"), ("house", nil, "azure", "gpt-5.2", "2"),
        // A price that is there and not understood is not taken from another name.
        ("hours-2026-01-31", "gpt-5.2", "azure", nil, nil),
    ])
    func theModelThatIsPriced(
        served: String?, requested: String?, provider: String?, fixed: String?, perMillion: String?
    ) throws {
        let cost = try Self.pricing(provider: provider, model: fixed).cost(
            of: Self.usage(1_000_000, 0), servedModel: served, tier: nil
        ) { requested }
        #expect(cost?.description == perMillion)
    }

    @Test func theRequestIsReadOnlyWhenTheAnswerDoesNotTell() throws {
        var asked = 0
        func cost(_ served: String, _ pricing: Pricing) -> Money? {
            pricing.cost(of: Self.usage(1, 1), servedModel: served, tier: nil) {
                asked += 1
                return "gpt-5.2"
            }
        }
        let flat = Pricing(Price(input: .zero, output: .zero))
        _ = (cost("gpt-5.2", try Self.pricing()), cost("x", flat), cost("x", try Self.pricing(model: "plain")))
        #expect(asked == 0)
        #expect(try cost("house", Self.pricing()) != nil)
        #expect(asked == 1)
    }

    @Test(arguments: [
        (#"{"messages":[],"model":"a\u0062"}"#, "ab" as String?), (#"{"model":5}"#, nil), ("[", nil), ("", nil),
    ])
    func theModelOfARequest(body: String, model: String?) {
        #expect(Pricing.model(askedIn: Array(body.utf8)) == model)
    }

    @Test func aNamedModelThatTheFileLacksIsAFault() throws {
        do {
            _ = try Self.pricing(model: "gpt-5.1")
            Issue.record("the model was found")
        } catch let error as PriceFileError {
            #expect(error.description.hasSuffix("has no price for the model 'gpt-5.1'; did you mean 'gpt-5.2'?"))
        }
    }

    // MARK: Hostile files

    @Test(arguments: [
        ("", "/p.json:1:1: the price file is not JSON: "),
        ("{\n \"a\": {,}}", "/p.json:2:8: the price file is not JSON: "),
        (String(repeating: "[", count: 200), "/p.json:1:"), ("[]", "p.json is not in LiteLLM's format"),
        ("{}", "p.json is not in LiteLLM's format"), ("\"prices\"", "p.json is not in LiteLLM's format"),
        (#"{"sample_spec":{"input_cost_per_token":1,"output_cost_per_token":1}}"#, "is not in LiteLLM's format"),
        (#"{"a":{"input":1,"output":2}}"#, "is not in LiteLLM's format"),
        (#"{"a":1,"b":[],"c":null}"#, "LiteLLM's format"),
    ])
    func filesThatAreNone(text: String, reason: String) throws {
        let error = #expect(throws: PriceFileError.self) {
            try PriceBook(Array(text.utf8), path: "some/p.json")
        }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }

    @Test func filesThatCannotBeRead() throws {
        let folder = try TemporaryFolder()
        for path in [folder.file("none.json"), folder.path] {
            let error = #expect(throws: PriceFileError.self) { try Pricing(.file(PriceFile(path: path))) }
            #expect(error?.description.hasPrefix("the price file \(path) cannot be ") == true)
        }
        let endless = #expect(throws: PriceFileError.self) { try Pricing(.file(PriceFile(path: "/dev/zero"))) }
        #expect(endless?.description == "the price file /dev/zero is larger than a price file may be (64MiB)")
    }

    /// A rate that cannot be read leaves the model's price unknown: another in its place might be too low.
    @Test(arguments: [
        "1e999", "-1e-6", "-0", "\"\"", "\"free\"", "\"-1\"", "\" 1\"", "true", "[]", "{}", "10", "1e1",
        "123456789012345678901234567890", "\"1e-99999\"", "\"0x1p-3\"", "\"nan\"", "\"١\"",
    ])
    func ratesThatAreNone(rate: String) throws {
        for key in ["input_cost_per_token", "cache_read_input_token_cost", "output_cost_per_token_batches"] {
            let text =
                #"{"b":{"input_cost_per_token":1,"output_cost_per_token":1},"a":{"output_cost_per_token":1,"#
                + #""input_cost_per_token":1,"\#(key)":\#(rate)}}"#
            let pricing = try Self.pricing(text)
            #expect(pricing.cost(of: Self.usage(1, 1), servedModel: "a", tier: nil) { "b" } == nil, "\(key)")
        }
    }

    @Test(arguments: [
        ("1e-999", 0 as Int64), ("0.000001", 1_000_000_000_000), ("1E-06", 1_000_000_000_000),
        ("9.2e0", 9_200_000_000_000_000_000),
        ("1e+0", 1_000_000_000_000_000_000), ("0.00000000000000000049", 0), ("0.0000000000000000005", 1),
        ("0.0000000000000000014999999999999999999999999", 1),
        ("0.50000000000000000000000000000000000000000001", 500_000_000_000_000_000),
        ("1.2345678901234567890123456789e-06", 1_234_567_890_123),
    ])
    func ratesAreReadExactly(rate: String, picoDollars: Int64) throws {
        let text = #"{"a":{"input_cost_per_token":\#(rate),"output_cost_per_token":0}}"#
        let price = try Self.pricing(text).price(promptTokens: 1, servedModel: "a", tier: nil) { nil }
        #expect(price?.input.picoDollars == picoDollars)
    }

    @Test func ofEqualKeysTheLastCounts() throws {
        let text = """
            {"a":{"input_cost_per_token":5,"input_cost_per_token":1,"output_cost_per_token":0},
             "a":{"input_cost_per_token":5,"input_cost_per_token":2,"output_cost_per_token":0},
             "gone":{"input_cost_per_token":5,"output_cost_per_token":0}, "gone":{}}
            """
        let pricing = try Self.pricing(text)
        #expect(pricing.cost(of: Self.usage(1, 1), servedModel: "a", tier: nil) { nil }?.description == "2")
        #expect(pricing.cost(of: Self.usage(1, 1), servedModel: "gone", tier: nil) { nil } == nil)
    }

    @Test(arguments: [
        "input_cost_per_token_above_1hr", "input_cost_per_token_above_k_tokens", "input_cost_per_token_above_0k_tokens",
        "input_cost_per_token_above_9999999999k_tokens", "input_cost_per_token_flex_flex", "input_cost_per_token_x",
        "input_cost_per_token_above_1k_tokens_above_2k_tokens", "input_cost_per_token_flex_batches",
        "input_cost_per_toke",
        "", "output_cost_per_image_token",
    ])
    func keysOfOtherThings(key: String) throws {
        let text = #"{"a":{"input_cost_per_token":1,"output_cost_per_token":1,"\#(key)":"no rate"}}"#
        let cost = try Self.pricing(text).cost(of: Self.usage(5000, 0), servedModel: "a", tier: "flex") { nil }
        #expect(cost?.description == "5000")
    }
}

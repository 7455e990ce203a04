import JSON
import Testing

@testable import Sluice

@Suite struct PlanEstimateTests {
    private static func pricing() throws -> Pricing {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "prices.json",
            """
            {"a": {"input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6,
                   "input_cost_per_token_above_200k_tokens": 3e-6},
             "b-large": {"input_cost_per_token": 10e-6, "output_cost_per_token": 20e-6}}
            """)
        return try Pricing(.file(PriceFile(path: path)))
    }

    private static func cost(_ rows: [(model: String?, prompt: Int, limit: Int?)]) throws -> PlanEstimate.Cost {
        var estimate = PlanEstimate()
        for row in rows { estimate.add(model: row.model, promptTokens: row.prompt, outputLimit: row.limit) }
        #expect(estimate.cost == nil)
        estimate.price(by: try pricing(), rows: rows.count)
        return try #require(estimate.cost)
    }

    @Test func eachModelHasItsPrice() throws {
        let cost = try Self.cost([
            ("a", 1000, 10), ("b-large", 1000, 10), ("a", 1000, 10), ("b-large-2026-01-31", 1000, 10),
        ])
        #expect(cost.prompts == Money(dollars: "0.022"))
        #expect(cost.atMost == Money(dollars: "0.02244"))
        #expect(cost.unknownRows == 0)
        #expect(cost.unpricedNames.isEmpty)
    }

    @Test func aRowWithoutALimitLeavesTheWholeOpen() throws {
        let cost = try Self.cost([("a", 1000, 10), ("a", 1000, nil)])
        #expect(cost.prompts == Money(dollars: "0.002"))
        #expect(cost.atMost == nil)
        #expect(cost.unknownRows == 0)
    }

    @Test func rowsOfUnpricedModelsAreCountedAndNamed() throws {
        let cost = try Self.cost([
            ("x", 1, 1), ("a", 1000, 10), ("y", 1, 1), (nil, 1, 1), ("x", 1, 1), ("z", 1, 1), ("x", 300_000, 1),
        ])
        #expect(cost.prompts == Money(dollars: "0.001"))
        #expect(cost.atMost == nil)
        #expect(cost.unknownRows == 6)
        #expect(cost.unpricedNames == ["x", "y", ""])
        #expect(cost.unpricedModels == 4)
    }

    @Test func nothingKnownIsNotZero() throws {
        let cost = try Self.cost([("x", 1, 1)])
        #expect(cost.prompts == nil)
        #expect(cost.atMost == nil)
        #expect(cost.unknownRows == 1)
    }

    /// A sum over all rows would take a thousand short prompts for a long one, and a mean one long for short.
    @Test(arguments: [
        ([200_000], "0.2"), ([200_001], "0.600003"), ([100_000, 100_000, 100_000], "0.3"),
        ([200_001, 1, 1], "0.600005"), ([200_000, 400_000], "1.4"), ([2_000_000], "6"),
    ])
    func longPromptsArePricedApart(prompts: [Int], cost: String) throws {
        #expect(try Self.cost(prompts.map { ("a", $0, 0) }).prompts?.description == cost)
    }

    @Test func moreModelsThanAreKeptApartHaveNoPrice() throws {
        var rows: [(model: String?, prompt: Int, limit: Int?)] = (0..<PlanEstimate.maximumGroups).map {
            ("m\($0)", 1, 1)
        }
        rows.append(("a", 1000, 1))
        let cost = try Self.cost(rows)
        #expect(cost.prompts == nil)
        #expect(cost.unknownRows == rows.count)
        #expect(cost.unpricedModels == PlanEstimate.maximumGroups)
    }

    @Test func onePriceIsGoodForAnyNumberOfModels() throws {
        var estimate = PlanEstimate()
        let rows = PlanEstimate.maximumGroups + 10
        for row in 0..<rows { estimate.add(model: "m\(row)", promptTokens: 1000, outputLimit: 1000) }
        let price = Price(input: try dollars("1"), output: try dollars("2"), reasoning: try dollars("3"))
        estimate.price(by: Pricing(price), rows: rows)
        #expect(estimate.cost?.prompts == Money(dollars: "1.034"))
        // An answer may be nothing but thinking.
        #expect(estimate.cost?.atMost == Money(dollars: "4.136"))
        #expect(estimate.cost?.unknownRows == 0)
    }

    @Test func theLineSaysWhatTheDifferenceCosts() throws {
        func line(limit: Int?, answered: String? = nil) throws -> String {
            var difference = PlanDifference()
            difference.new = 1200
            difference.changed = 35
            difference.removed = 12
            difference.reusable = 98_753
            difference.settled = 98_753
            for _ in 0..<1235 { difference.estimate.add(model: "a", promptTokens: 1000, outputLimit: limit) }
            difference.estimate.price(by: try Self.pricing(), rows: 1235)
            let job = try JobFile.parse(text: JobFileTests.minimal, path: "x.yaml")
            let sample = AnswerSample(
                rows: try answered.map { [AnswerSample.Row(promptEstimate: 1000, cost: try dollars($0))] } ?? [])
            let forecast = PlanForecast(sample, rows: 1235, promptTokens: 1_235_000, pace: RunPace([job.limits]))
            return PlanSummary(job: job, run: nil, difference: difference, forecast: forecast).line
        }
        let rows = "99,988 rows: 1,200 new, 35 changed, 12 removed, 98,753 reusable"
        #expect(try line(limit: nil, answered: "0.00332") == "\(rows), about $4.10")
        #expect(try line(limit: 1000) == "\(rows), at most $3.705")
        #expect(try line(limit: nil) == "\(rows), about $1.24 for the prompts")
    }

    @Test func sumsOfWhateverRowsStateDoNotTrap() throws {
        let cost = try Self.cost([("a", .max, .max), ("a", .max, .max), ("a", 1, .max)])
        #expect(cost.prompts == Money(picoDollars: .max))
    }

    // MARK: Which model a row asks

    @Test func theModelOfARowIsKnown() throws {
        let job = try JobFile.parse(
            text: JobFileTests.minimal + "request: {model: a}", path: "x.yaml")
        let lines = [
            #"{"prompt":"1"}"#, #"{"prompt":"2","model":"b"}"#, #"{"prompt":"3","model":"b"}"#,
            #"{"prompt":"4","model":"\u0062c"}"#, #"{"prompt":"5"}"#,
            #"{"prompt":"6","model":"\#(String(repeating: "m", count: 600))"}"#,
        ]
        let parser = JSONParser()
        let renderer = try RequestRenderer(job: job)
        let models = try lines.map { line in
            let value = try parser.parse(Array(line.utf8))
            return try #require(renderer.render(InputRow(line: 1, content: .json(value))).request).model
        }
        #expect(models == ["a", "b", "b", "bc", "a", nil])
    }

    // MARK: In words

    private static func text(_ rows: [(model: String?, prompt: Int, limit: Int?)], priced: Bool = true) throws -> String
    {
        var difference = PlanDifference()
        for row in rows { difference.estimate.add(model: row.model, promptTokens: row.prompt, outputLimit: row.limit) }
        difference.new = rows.count
        if priced { difference.estimate.price(by: try pricing(), rows: rows.count) }
        let job = try JobFile.parse(text: JobFileTests.minimal, path: "x.yaml")
        let summary = PlanSummary(job: job, run: nil, difference: difference)
        let json = String(decoding: summary.json, as: UTF8.self)
        let line = try #require(summary.text.split(separator: "\n").last { $0.hasPrefix("cost") })
        return line.dropFirst(4).drop { $0 == " " } + " | "
            + json[try #require(json.firstRange(of: "\"cost_prompts")).lowerBound...]
    }

    @Test(arguments: [
        (
            ["a"], 10 as Int?,
            #"about $0.001 for the prompts, at most $0.00102 in all | "cost_prompts_usd":0.001,"cost_usd_estimate":null,"cost_at_most_usd":0.00102,"cost_unknown_rows":0}"#
        ),
        (
            ["a"], nil,
            #"about $0.001 for the prompts; the answers have no limit | "cost_prompts_usd":0.001,"cost_usd_estimate":null,"cost_at_most_usd":null,"cost_unknown_rows":0}"#
        ),
        (
            ["a", "x"], 10,
            #"about $0.001 for the prompts, and unknown for 1 row: no price for x | "cost_prompts_usd":0.001,"cost_usd_estimate":null,"cost_at_most_usd":null,"cost_unknown_rows":1}"#
        ),
        (
            ["x", "y"], 10,
            #"unknown: no price for x, y | "cost_prompts_usd":null,"cost_usd_estimate":null,"cost_at_most_usd":null,"cost_unknown_rows":2}"#
        ),
        (
            ["a", "w", "x", "y", "z", "\u{1B}"], 10,
            #"about $0.001 for the prompts, and unknown for 5 rows: no price for w, x, y and 2 more models | "cost_prompts_usd":0.001,"cost_usd_estimate":null,"cost_at_most_usd":null,"cost_unknown_rows":5}"#
        ),
        ([], nil, #"$0 | "cost_prompts_usd":0,"cost_usd_estimate":0,"cost_at_most_usd":0,"cost_unknown_rows":0}"#),
    ])
    func costs(models: [String], limit: Int?, text: String) throws {
        #expect(try Self.text(models.map { ($0, 1000, limit) }) == text)
    }

    @Test func withoutAPriceTheCostIsUnknown() throws {
        let text = try Self.text([("a", 1000, 10)], priced: false)
        #expect(text.hasPrefix("unknown: the job states no price | "))
        #expect(
            text.hasSuffix(
                #""cost_prompts_usd":null,"cost_usd_estimate":null,"cost_at_most_usd":null,"cost_unknown_rows":1}"#))
    }
}

import Testing

@testable import Sluice

@Suite struct BudgetCheckTests {
    private static func problems(
        _ limits: BudgetLimits, _ price: Price?, _ rows: [PlannedRequest]
    ) -> [String] {
        var check = BudgetCheck(limits, tariffs: [Tariff(price.map { Pricing($0) })])
        for row in rows { check.add(row) }
        return check.problems(file: "x.csv").map(\.description)
    }

    private static func price() throws -> Price { Price(input: try dollars("1"), output: try dollars("10")) }

    @Test func rowsWithoutALimitAreNamedOnceAndCounted() throws {
        let rows = [
            try planned("a", line: 2, outputLimit: 10), try planned("b", line: 3), try planned("c", line: 5),
            try planned("d", line: 6),
        ]
        for limits in [BudgetLimits(tokens: 1_000_000), BudgetLimits(money: try dollars("5"))] {
            #expect(
                Self.problems(limits, try Self.price(), rows) == [
                    "x.csv:3: sets no limit to its answer (and 2 rows after it likewise), without which no budget can be "
                        + "kept: give max_completion_tokens (for older endpoints max_tokens), or a price file that says "
                        + "max_output_tokens"
                ])
        }
        #expect(Self.problems(BudgetLimits(), nil, rows) == [])
    }

    @Test func aModelWithoutAPriceIsRefusedUnderDollarsAlone() throws {
        let rows = [try planned("a", line: 2, outputLimit: 10)]
        #expect(
            Self.problems(BudgetLimits(money: try dollars("5")), nil, rows) == [
                "x.csv:2: a row without a model has no price: state `price`, or use budget_tokens in place of budget_usd"
            ])
        #expect(Self.problems(BudgetLimits(tokens: 1_000), nil, rows) == [])
        var named = rows[0]
        named.model = "gpt-x"
        #expect(
            Self.problems(BudgetLimits(money: try dollars("5")), nil, [named])[0].contains(": gpt-x has no price: "))
    }

    @Test func aRowThatNeverFitsIsTold() throws {
        let rows = [try planned("a", line: 2, outputLimit: 10), try planned("b", line: 3, outputLimit: 5_000)]
        #expect(
            Self.problems(BudgetLimits(tokens: 4_000), nil, rows) == [
                "x.csv:3: may take 5,078 tokens by itself, more than budget_tokens (4,000) allows: raise the budget, or "
                    + "lower the limit of the answer"
            ])
        let problem = Self.problems(BudgetLimits(money: try dollars("0.05")), try Self.price(), rows)
        #expect(problem[0].contains("may cost $0.05 by itself, more than budget_usd (0.05) allows"))
        #expect(Self.problems(BudgetLimits(money: try dollars("0.06")), try Self.price(), rows) == [])
    }

    /// What a price file says of a model's longest answer bounds a row that says nothing.
    @Test func aPriceFileMayBoundARow() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "prices.json",
            """
            {"m": {"input_cost_per_token": 1e-6, "output_cost_per_token": 1e-5, "max_tokens": 9000, "max_output_tokens": 100},
             "n": {"input_cost_per_token": 1e-6, "output_cost_per_token": 1e-5}}
            """)
        let pricing = try Pricing(.file(PriceFile(path: path)))
        var check = BudgetCheck(BudgetLimits(tokens: 200), tariffs: [Tariff(pricing)])
        check.add(try planned("a"))
        #expect(check.problems(file: "x") == [])
        // An endpoint is asked for another model by the same name.
        var renamed = BudgetCheck(BudgetLimits(tokens: 200), tariffs: [Tariff(pricing, models: .always("n"))])
        renamed.add(try planned("a"))
        #expect(renamed.problems(file: "x").count == 1)
        // Of several endpoints the one that says nothing decides.
        var several = BudgetCheck(BudgetLimits(tokens: 200), tariffs: [Tariff(pricing), Tariff(nil)])
        several.add(try planned("a"))
        #expect(several.problems(file: "x").count == 1)
    }
}

import JSON
import Testing

@testable import Sluice

@Suite struct PlanForecastTests {
    private static func sample(_ count: Int, milliseconds: Int = 2_000) -> AnswerSample {
        AnswerSample(
            rows: (0..<count).map { row in
                AnswerSample.Row(
                    promptEstimate: 100, promptTokens: 120, completionTokens: 200 + row, totalTokens: 320 + row,
                    cost: Money(picoDollars: 1_000_000_000 + Int64(row) * 10_000_000), attempts: 1,
                    time: .milliseconds(milliseconds))
            }, parallelism: 4)
    }

    private static func limits(_ change: (inout Limits) -> Void = { _ in }) -> Limits {
        var limits = Limits()
        limits.concurrency = .fixed(10)
        change(&limits)
        return limits
    }

    @Test(arguments: [
        // 1,000 rows of 2 s, 10 at once.
        (nil as Int?, nil as Int?, "concurrency", 200.0),
        (100, nil, "requests_per_minute", 600),
        (nil, 30_000, "tokens_per_minute", 649),
        (100, 30_000, "tokens_per_minute", 649),
        (100_000, 100_000_000, "concurrency", 200),
    ])
    func theSlowestLimitBinds(requests: Int?, tokens: Int?, key: String, seconds: Double) throws {
        let limits = Self.limits {
            $0.requestsPerMinute = requests
            $0.tokensPerMinute = tokens
        }
        let forecast = try #require(
            PlanForecast(Self.sample(10), rows: 1_000, promptTokens: 100_000, pace: RunPace([limits])))
        #expect(forecast.boundBy?.rawValue == key)
        let time = try #require(forecast.time)
        #expect(abs(time.likely - seconds) < 0.5)
        #expect(try #require(time.range).contains(time.likely))
    }

    /// What several endpoints allow adds up; one without a limit lifts it.
    @Test func severalEndpointsShareTheRows() throws {
        let limited = Self.limits { $0.requestsPerMinute = 100 }
        func time(_ limits: [Limits]) -> Double? {
            PlanForecast(Self.sample(10), rows: 1_000, promptTokens: 100_000, pace: RunPace(limits))?.time?.likely
        }
        #expect(time([limited, limited]) == 300)
        #expect(time([limited, Self.limits()]) == 100)
    }

    /// A day's number is there at once; of what is beyond it, a day's worth comes a day.
    @Test func aDaysNumberIsThereAtOnce() {
        func forecast(_ day: Int) -> PlanForecast? {
            let limits = Self.limits { $0.requestsPerDay = day }
            return PlanForecast(Self.sample(10), rows: 1_000, promptTokens: 100_000, pace: RunPace([limits]))
        }
        #expect(forecast(1_000)?.boundBy == .concurrency)
        #expect(forecast(400)?.boundBy == .requestsPerDay)
        #expect(forecast(400)?.time?.likely == 1.5 * 86_400)
    }

    /// Where the run finds the number in flight by itself, it is taken to be that of the sample's own time.
    @Test func anUnstatedConcurrencyIsAsItWas() {
        let forecast = PlanForecast(Self.sample(10), rows: 1_000, promptTokens: 100_000, pace: RunPace([Limits()]))
        #expect(forecast?.boundBy == .server)
        #expect(forecast?.time?.likely == 500)
    }

    @Test func theLastAnswerIsWaitedFor() throws {
        let forecast = PlanForecast(Self.sample(10), rows: 2, promptTokens: 200, pace: RunPace([Self.limits()]))
        #expect(try #require(forecast?.time).likely == 2)
        #expect(PlanForecast(AnswerSample(), rows: 2, promptTokens: 200, pace: RunPace([Self.limits()])) == nil)
    }

    @Test func theEstimateStaysBelowWhatIsCertain() throws {
        let most = try dollars("0.9")
        let forecast = try #require(
            PlanForecast(
                Self.sample(10), rows: 1_000, promptTokens: 100_000, pace: RunPace([Self.limits()]), atMost: most))
        let cost = try #require(forecast.cost)
        #expect(cost.likely == 0.9)
        #expect(cost.range?.upperBound == 0.9)
    }

    private static func summary(budget: BudgetLimits, spent: Expense = .zero, rows: Int = 1_000) throws -> PlanSummary {
        var job = try makeJob()
        job.limits = limits { $0.budget = budget }
        var difference = PlanDifference()
        difference.new = rows
        for _ in 0..<rows { difference.estimate.add(promptTokens: 100, outputLimit: nil) }
        var spending = Spending()
        spending.expense = spent
        let forecast = PlanForecast(sample(10), rows: rows, promptTokens: 100 * rows, pace: RunPace([job.limits]))
        return PlanSummary(
            job: job, PlanResult(run: nil, difference: difference, forecast: forecast, spending: spending))
    }

    @Test func thePlanTellsRangesAndWhatTheyGoBy() throws {
        let text = try Self.summary(budget: BudgetLimits()).text
        #expect(text.contains("\ncost     about $1.05 ($1.03 to $1.06)\n"), "\(text)")
        #expect(text.contains("\ntime     about 3 min 20 s, bound by concurrency\n"))
        #expect(
            text.contains(
                "\nby       10 answered rows: half wrote up to 205 tokens, 95 % up to 209; half took up to 2.0 s, "))
        #expect(!text.contains("\nbudget"))
    }

    @Test(arguments: [
        (BudgetLimits(money: Money(dollars: "10")), Expense.zero, "$10; likely to last"),
        (
            BudgetLimits(money: Money(dollars: "1.0")), Expense(cost: Money(picoDollars: 500_000_000_000), tokens: 7),
            "$1, of which $0.5 is spent; lasts for about 47 % of the rows to send"
        ),
        (BudgetLimits(tokens: 32_450), .zero, "32,450 tokens; lasts for about 10 % of the rows to send"),
    ])
    func aBudgetIsSetBesideIt(budget: BudgetLimits, spent: Expense, words: String) throws {
        let text = try Self.summary(budget: budget, spent: spent).text
        #expect(text.contains("\nbudget   \(words)\n"), "\(text)")
    }

    @Test func programsReadTheSame() throws {
        let parser = JSONParser()
        let budget = BudgetLimits(money: Money(dollars: "0.52"))
        let object = try parser.parse(try Self.summary(budget: budget).json)
        #expect(object["cost_usd_estimate"]?.double == 1.045)
        #expect(object["cost_usd_low"]?.double ?? 2 < 1.045)
        #expect(object["cost_usd_high"]?.double ?? 0 > 1.045)
        #expect(object["tokens_estimate"]?.integer == 324_500)
        #expect(object["seconds_estimate"]?.double == 200)
        #expect(object["bound_by"]?.string == "concurrency")
        #expect(object["sample"]?["rows"]?.integer == 10)
        #expect(object["budget"]?["usd"]?.double == 0.52)
        #expect(object["budget"]?["share_of_rows"]?.double == 0.498)
        #expect(object["probe"]?.isNull == true)
    }
}

import Testing

@testable import Sluice

@Suite struct BudgetTests {
    /// A request that takes at most `prompt` and `limit` tokens, at one pico-dollar each.
    private static func bound(_ tokens: Int, isPriced: Bool = true) -> AttemptBound {
        let body = Array(String(repeating: " ", count: tokens - 10).utf8)
        let price = Price(input: Money(picoDollars: 1_000_000), output: Money(picoDollars: 1_000_000))
        return AttemptBound(
            Claim(
                requestID: 1, attemptID: 1, customID: "a", url: "/v1/chat/completions", body: body, attempts: 0,
                throttles: 0, promptEstimate: 1, outputLimit: 10), price: isPriced ? Pricing(price) : nil)
    }

    private static func money(_ amount: Int64) -> Money { Money(picoDollars: amount) }

    @Test(arguments: [
        // Up to the last pico-dollar, and not one further.
        (BudgetLimits(money: money(100)), Expense.zero, 100, Budget.Decision.admit),
        (BudgetLimits(money: money(99)), .zero, 100, .spent(.money)),
        (BudgetLimits(money: money(150)), Expense(cost: money(50), tokens: 0), 100, .admit),
        (BudgetLimits(money: money(149)), Expense(cost: money(50), tokens: 0), 100, .spent(.money)),
        // What has been spent of the other counts for nothing.
        (BudgetLimits(tokens: 100), Expense(cost: money(1_000), tokens: 0), 100, .admit),
        (BudgetLimits(tokens: 100), Expense(cost: .zero, tokens: 1), 100, .spent(.tokens)),
        (BudgetLimits(money: money(100), tokens: 99), .zero, 100, .spent(.tokens)),
        (BudgetLimits(money: money(.max), tokens: .max), .zero, 100, .admit),
        // Sums that reach the largest number may stand for larger ones.
        (BudgetLimits(money: money(.max)), Expense(cost: money(.max - 50), tokens: 0), 100, .spent(.money)),
        (BudgetLimits(tokens: .max), Expense(cost: .zero, tokens: .max - 50), 100, .spent(.tokens)),
    ])
    func theWorstCaseHasToFit(limits: BudgetLimits, spent: Expense, size: Int, decision: Budget.Decision) {
        #expect(Budget(limits, spent: spent).decide(Self.bound(size)) == decision)
    }

    @Test func whatIsInFlightCountsAtItsWorst() {
        var budget = Budget(BudgetLimits(money: Self.money(250)), spent: .zero)
        let first = budget.admit(Self.bound(100))
        let second = budget.admit(Self.bound(100))
        #expect(budget.reserved.cost == Self.money(200))
        #expect(budget.decide(Self.bound(51)) == .wait)
        #expect(budget.decide(Self.bound(50)) == .admit)
        // It took less than was reserved: the rest is free.
        budget.settle(first, cost: Self.money(30), tokens: 30)
        #expect(budget.spent.cost == Self.money(30))
        #expect(budget.decide(Self.bound(120)) == .admit)
        // Nobody knows what it took.
        budget.settle(second, cost: nil, tokens: nil)
        #expect(budget.spent.cost == Self.money(130))
        #expect(budget.reserved == .zero)
        #expect(budget.decide(Self.bound(121)) == .spent(.money))
    }

    /// A provider that charges more than was agreed passes the budget with what was in flight, and with nothing after.
    @Test func anAnswerAboveItsBoundIsTheLast() {
        var budget = Budget(BudgetLimits(tokens: 100), spent: .zero)
        let only = budget.admit(Self.bound(100))
        budget.settle(only, cost: .zero, tokens: 5_000)
        #expect(budget.spent.tokens == 5_000)
        #expect(budget.decide(Self.bound(11)) == .spent(.tokens))
        #expect(budget.room(for: Self.bound(11)) == 1)
    }

    @Test func aRequestNeedsALimitAndForDollarsAPrice() {
        let unpriced = Self.bound(100, isPriced: false)
        #expect(Budget(BudgetLimits(money: Self.money(100)), spent: .zero).decide(unpriced) == .unpriced)
        #expect(Budget(BudgetLimits(tokens: 100), spent: .zero).decide(unpriced) == .admit)
        let claim = Claim(
            requestID: 1, attemptID: 1, customID: "a", url: "/v1/chat/completions", body: Array("{}".utf8), attempts: 0,
            throttles: 0, promptEstimate: 1)
        let unbounded = AttemptBound(claim, price: nil)
        #expect(Budget(BudgetLimits(tokens: 100), spent: .zero).decide(unbounded) == .unbounded)
        #expect(Budget(BudgetLimits(money: Self.money(100)), spent: .zero).decide(unbounded) == .unbounded)
    }

    @Test func asManyAreHeldReadyAsFitAndOne() {
        var budget = Budget(BudgetLimits(money: Self.money(1_000), tokens: 350), spent: .zero)
        #expect(budget.room(for: Self.bound(100)) == 4)
        _ = budget.admit(Self.bound(100))
        #expect(budget.room(for: Self.bound(100)) == 3)
        #expect(budget.room(for: Self.bound(400)) == 1)
    }

    // MARK: In the long run

    /// Whatever prices, limits, answers, failures, lost answers, restarts and raised limits come: what was truly taken never
    /// passes the budget, and the run comes to its end.
    @Test func tenThousandRunsNeverPassTheirBudget() {
        var ends: [String: Int] = [:]
        for seed in 0..<10_000 {
            var run = SpendingRun(seed: UInt64(seed))
            ends[run.play(), default: 0] += 1
        }
        // Each kind of end was seen, so that the runs tried something.
        #expect(ends["complete", default: 0] > 500)
        #expect(ends["money", default: 0] > 500)
        #expect(ends["tokens", default: 0] > 500)
        #expect(ends.values.reduce(0, +) == 10_000)
    }
}

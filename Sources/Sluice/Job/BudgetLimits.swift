/// What a run may spend at most, over all its sittings. Nil means no bound.
package struct BudgetLimits: Sendable, Equatable {
    package var money: Money?
    package var tokens: Int?

    package var isEmpty: Bool { money == nil && tokens == nil }

    package init(money: Money? = nil, tokens: Int? = nil) {
        self.money = money
        self.tokens = tokens
    }
}

extension BudgetLimits: CustomStringConvertible {
    /// `budget_usd (5) and budget_tokens (2,000,000)`
    package var description: String {
        [money.map { "budget_usd (\($0))" }, tokens.map { "budget_tokens (\(RunReport.grouped($0)))" }]
            .compactMap { $0 }.joined(separator: " and ")
    }
}

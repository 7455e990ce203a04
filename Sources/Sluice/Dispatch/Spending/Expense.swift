/// An amount of money and of tokens. Sums stay at the largest number.
package struct Expense: Sendable, Equatable {
    package var cost: Money
    package var tokens: Int

    package static let zero = Expense(cost: .zero, tokens: 0)

    package init(cost: Money, tokens: Int) {
        self.cost = cost
        self.tokens = tokens
    }

    package static func + (left: Expense, right: Expense) -> Expense {
        let (tokens, overflow) = left.tokens.addingReportingOverflow(right.tokens)
        return Expense(cost: left.cost + right.cost, tokens: overflow ? .max : tokens)
    }

    package static func += (left: inout Expense, right: Expense) { left = left + right }

    /// Of two amounts of which the right one is a part of the left.
    static func - (left: Expense, right: Expense) -> Expense {
        Expense(
            cost: Money(picoDollars: left.cost.picoDollars - right.cost.picoDollars), tokens: left.tokens - right.tokens
        )
    }
}

/// Why a budget lets nothing more leave.
package enum BudgetStop: Sendable, Equatable {
    /// The next request might pass it.
    case spent(Budget.Kind)
    /// Nothing says what the request of this custom_id takes at most.
    case unbounded(customID: String, AttemptBound.Gap)
    /// The request's model has no price; nil where it names none.
    case unpriced(customID: String, model: String?)

    var isSpent: Bool { if case .spent = self { true } else { false } }
}

extension BudgetStop: CustomStringConvertible {
    package var description: String {
        switch self {
        case .spent(.money): "the next request might pass budget_usd"
        case .spent(.tokens): "the next request might pass budget_tokens"
        case .unbounded(let row, let gap):
            "the row '\(ColumnNames.printable(row))' \(BudgetCheck.words(gap))"
        case .unpriced(let row, let model):
            "the row '\(ColumnNames.printable(row))' asks for \(BudgetCheck.name(model)), which has no price: "
                + BudgetCheck.priceAdvice
        }
    }
}

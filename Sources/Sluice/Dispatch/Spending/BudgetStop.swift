/// Why a budget lets nothing more leave.
package enum BudgetStop: Sendable, Equatable {
    /// The next request might pass it.
    case spent(Budget.Kind)
    /// The request of this custom_id has no limit to its answer.
    case unbounded(customID: String)
    /// The request's model has no price; nil where it names none.
    case unpriced(customID: String, model: String?)
}

extension BudgetStop: CustomStringConvertible {
    package var description: String {
        switch self {
        case .spent(.money): "the next request might pass budget_usd"
        case .spent(.tokens): "the next request might pass budget_tokens"
        case .unbounded(let row):
            "the row '\(ColumnNames.printable(row))' sets no limit to its answer, without which no budget can be kept: "
                + BudgetCheck.limitAdvice
        case .unpriced(let row, let model):
            "the row '\(ColumnNames.printable(row))' asks for \(BudgetCheck.name(model)), which has no price: "
                + BudgetCheck.priceAdvice
        }
    }
}

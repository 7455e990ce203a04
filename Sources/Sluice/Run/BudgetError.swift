/// Why a run does not begin under its budget.
package enum BudgetError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Attempts of earlier sittings have taken nobody knows how many dollars.
    case unknownCost(run: Int64, attempts: Int)
    case unknownTokens(run: Int64, attempts: Int)

    package var description: String {
        switch self {
        case .unknownCost(let run, let attempts):
            "budget_usd cannot be kept: what \(Self.attempts(attempts)) of run \(run) cost is unknown, and nothing sets a "
                + "bound to it; use budget_tokens, or start another run with --new"
        case .unknownTokens(let run, let attempts):
            "budget_tokens cannot be kept: how many tokens \(Self.attempts(attempts)) of run \(run) took is unknown, and "
                + "nothing sets a bound to it; start another run with --new"
        }
    }

    private static func attempts(_ count: Int) -> String {
        count == 1 ? "1 attempt" : "\(RunReport.grouped(count)) attempts"
    }
}

extension Budget {
    /// The budget of a job's run, of which so much is spent; nil where the job has none.
    package init?(_ limits: BudgetLimits, _ spending: Spending, run: Int64) throws(BudgetError) {
        guard !limits.isEmpty else { return nil }
        if limits.money != nil, spending.attemptsOfUnknownCost > 0 {
            throw .unknownCost(run: run, attempts: spending.attemptsOfUnknownCost)
        }
        if limits.tokens != nil, spending.attemptsOfUnknownTokens > 0 {
            throw .unknownTokens(run: run, attempts: spending.attemptsOfUnknownTokens)
        }
        self.init(limits, spent: spending.expense)
    }
}

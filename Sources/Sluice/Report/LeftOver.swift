/// What a run has left to do, and what that will take, by what its rows have taken so far.
package struct LeftOver: Sendable, Equatable {
    package let rows: Int
    /// Nil where no cost is known; what is unaccounted for counts at its most.
    package let cost: Money?
    package let tokens: Int?
    package let time: Duration?

    package init(_ report: RunReport) {
        let totals = report.totals
        rows = report.unsent
        let sent = totals.settled - totals.reused
        guard sent > 0 else {
            (cost, tokens, time) = (rows == 0 ? .zero : nil, rows == 0 ? 0 : nil, rows == 0 ? .zero : nil)
            return
        }
        let share = Double(rows) / Double(sent)
        let spent = PlanForecast.dollars(totals.cost + totals.possible.cost)
        let isCostKnown = totals.costUnknown <= totals.possible.costAttempts
        cost = isCostKnown ? Money(dollars: spent * share) : nil
        let used = Double(totals.totalTokens) + Double(totals.possible.tokens)
        tokens = used > 0 ? Int(min(used * share, 1e18)) : nil
        time = .seconds(min(totals.activeTime.inSeconds * share, 1e9))
    }

    /// `1,234 rows left, about $3.20: raise budget_usd, then the same command goes on`
    package func sentence(_ stop: BudgetStop) -> String {
        let left = rows == 1 ? "1 row left" : "\(RunReport.grouped(rows)) rows left"
        switch stop {
        case .spent(.money):
            let amount = cost.map { ", about $\($0.short)" } ?? ""
            return "\(stop): \(left)\(amount): raise budget_usd, then the same command goes on"
        case .spent(.tokens):
            let amount = tokens.map { ", about \(RunReport.grouped($0)) tokens" } ?? ""
            return "\(stop): \(left)\(amount): raise budget_tokens, then the same command goes on"
        case .unbounded, .unpriced:
            return "\(stop) (\(left))"
        }
    }
}

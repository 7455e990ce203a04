/// A budget beside what is spent of it, and whether it will last.
struct BudgetOutlook {
    private let limits: BudgetLimits
    private let spending: Spending
    private let rows: Int
    private let forecast: PlanForecast?

    /// Nil for a job without a budget.
    init?(_ limits: BudgetLimits, _ spending: Spending, _ difference: PlanDifference, _ forecast: PlanForecast?) {
        guard !limits.isEmpty else { return nil }
        self.limits = limits
        self.spending = spending
        self.forecast = forecast
        rows = difference.toSend
    }

    /// `$5 and 2,000,000 tokens, of which $1.20 and 402,112 tokens are spent; lasts for about 61 % of the rows to send`
    var text: String {
        let all = [limits.money.map { "$\($0)" }, limits.tokens.map { "\(RunReport.grouped($0)) tokens" }]
        let spent = [
            limits.money.map { _ in "$\(spending.expense.cost.short)" },
            limits.tokens.map { _ in "\(RunReport.grouped(spending.expense.tokens)) tokens" },
        ]
        func list(_ parts: [String?]) -> String { parts.compactMap { $0 }.joined(separator: " and ") }
        var text = list(all)
        if spending.expense != .zero {
            text += ", of which \(list(spent)) \(spent.count(where: { $0 != nil }) == 1 ? "is" : "are") spent"
        }
        guard rows > 0, let share else { return text }
        let percent = Int(share * 100)
        return text
            + (share >= 1 ? "; likely to last" : "; lasts for about \(percent) % of the rows to send")
    }

    /// Of the rows to send, those that it will likely last for; nil where nothing tells what they take. Above 1 something
    /// will be left.
    var share: Double? {
        var shares: [Double] = []
        if let money = limits.money {
            guard let cost = forecast?.cost else { return nil }
            let left = max(0, PlanForecast.dollars(money) - PlanForecast.dollars(spending.expense.cost))
            shares.append(cost.likely > 0 ? left / cost.likely : .infinity)
        }
        if let tokens = limits.tokens {
            guard let total = forecast?.tokens else { return nil }
            let left = max(0, Double(tokens) - Double(spending.expense.tokens))
            shares.append(total.likely > 0 ? left / total.likely : .infinity)
        }
        return shares.min()
    }

    static func add(_ outlook: BudgetOutlook?, to object: inout JSONObject) {
        guard let outlook else { return object.addNull("budget") }
        object.add("budget") {
            $0.add("usd", outlook.limits.money)
            $0.add("tokens", outlook.limits.tokens)
            $0.add("spent_usd", outlook.spending.attemptsOfUnknownCost == 0 ? outlook.spending.expense.cost : nil)
            $0.add("spent_tokens", outlook.spending.expense.tokens)
            $0.add("share_of_rows", decimal: outlook.share.map { min($0, 1) })
        }
    }
}

extension ProbeResult {
    /// `20 rows sent: 19 have their result · 22 attempts · 4,012 tokens · $0.012 · 3.2 s`
    var text: String {
        let sent = rows == 1 ? "1 row" : "\(RunReport.grouped(rows)) rows"
        var parts = ["\(sent) sent and paid for, \(RunReport.grouped(settled)) of them answered"]
        if settled == rows { parts = ["\(sent) sent and paid for, all answered"] }
        parts.append(attempts == 1 ? "1 attempt" : "\(RunReport.grouped(attempts)) attempts")
        parts.append("\(RunReport.grouped(tokens)) tokens")
        parts.append(costText)
        parts.append(RunReport.duration(time))
        return parts.joined(separator: " · ")
    }

    private var costText: String {
        guard costUnknown > 0 else { return "$\(cost)" }
        let attempts = costUnknown == 1 ? "1 attempt" : "\(RunReport.grouped(costUnknown)) attempts"
        return (cost > .zero ? "$\(cost) and " : "cost ") + "unknown for \(attempts)"
    }

    static func add(_ probe: ProbeResult?, to object: inout JSONObject) {
        guard let probe else { return object.addNull("probe") }
        object.add("probe") {
            $0.add("rows", probe.rows)
            $0.add("settled", probe.settled)
            $0.add("attempts", probe.attempts)
            $0.add("tokens", probe.tokens)
            $0.add("cost_usd", probe.costUnknown == 0 || probe.cost > .zero ? probe.cost : nil)
            $0.add("cost_unknown_attempts", probe.costUnknown)
            $0.add("seconds", decimal: probe.time.inSeconds)
            $0.add("end", probe.end.reason)
        }
    }
}

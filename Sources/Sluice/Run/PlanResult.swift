/// What a plan came to, and what the rest of it may take.
package struct PlanResult: Sendable {
    /// The run that the plan was compared with; nil where there is none yet.
    package var run: RunRecord?
    package var difference: PlanDifference
    /// Nil where no answers tell.
    package var forecast: PlanForecast?
    /// By the run so far.
    package var spending = Spending()
    /// Of rows that were sent to see what they take.
    package var probe: ProbeResult?

    package init(
        run: RunRecord?, difference: PlanDifference, forecast: PlanForecast? = nil, spending: Spending = Spending(),
        probe: ProbeResult? = nil
    ) {
        self.run = run
        self.difference = difference
        self.forecast = forecast
        self.spending = spending
        self.probe = probe
    }
}

/// What sending a few rows came to.
package struct ProbeResult: Sendable {
    /// Rows that were to be sent.
    package var rows: Int
    package var end: RunEnd
    /// The run's counters before and after.
    package var before: RunTotals
    package var after: RunTotals
    /// Whether the run's counters match what they count.
    package var balance: ClosingBalance?

    package init(rows: Int, end: RunEnd, before: RunTotals, after: RunTotals, balance: ClosingBalance? = nil) {
        self.rows = rows
        self.end = end
        self.before = before
        self.after = after
        self.balance = balance
    }

    package var settled: Int { after.settled - before.settled }
    package var attempts: Int { after.attempts - before.attempts }
    package var cost: Money { Money(picoDollars: after.cost.picoDollars - before.cost.picoDollars) }
    package var costUnknown: Int { after.costUnknown - before.costUnknown }
    package var tokens: Int { after.totalTokens - before.totalTokens }
    package var time: Duration { after.activeTime - before.activeTime }
}

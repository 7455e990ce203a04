/// The books of a run, closed: what its counters tell set against what its rows and its ledger add up to.
///
/// Every counter is kept beside the rows that it counts, in the same transactions. So a difference is never the
/// endpoint's doing nor the user's: it is a bug, or somebody changed the queue by hand.
package struct ClosingBalance: Sendable, Equatable {
    package struct Difference: Sendable, Equatable {
        /// What is counted, such as "rows ok".
        package var name: String
        /// What the run's counters say.
        package var told: Int
        /// What its rows and attempts add up to.
        package var counted: Int
    }

    package let run: Int64
    package private(set) var differences: [Difference] = []

    /// - Parameters:
    ///   - run: the run, with the rows of its plan.
    ///   - told: its counters.
    ///   - counted: the same from its rows and its ledger.
    ///   - endpoints: its counters by endpoint; nil where nobody looked.
    package init(_ run: RunRecord, told: RunTotals, counted: CountedTotals, endpoints: [EndpointTotals]? = nil) {
        self.run = run.id
        check("rows of the plan", run.rows, counted.rows)
        for resultClass in ResultClass.allCases where resultClass != .unsent {
            check("rows \(resultClass.rawValue)", told[resultClass], counted.totals[resultClass])
        }
        check("rows reused", told.reused, counted.totals.reused)
        check("rows unsent", run.rows - told.settled, counted.rows - counted.totals.settled)
        check("attempts ended", told.attempts, counted.totals.attempts)
        check("attempts still in flight", 0, counted.open)
        check("attempts possibly billed", told.possiblyBilled, counted.totals.possiblyBilled)
        check(
            "attempts tried again", told.retries,
            min(max(told.retries, counted.retries.lowerBound), counted.retries.upperBound))
        check("attempts throttled", told.throttles, counted.totals.throttles)
        check("prompt tokens", told.promptTokens, counted.totals.promptTokens)
        check("completion tokens", told.completionTokens, counted.totals.completionTokens)
        check("cached tokens", told.cachedTokens, counted.totals.cachedTokens)
        check("reasoning tokens", told.reasoningTokens, counted.totals.reasoningTokens)
        check("tokens", told.totalTokens, counted.totals.totalTokens)
        check("answers without usage", told.usageAbsent, counted.totals.usageAbsent)
        check("picodollars", Int(told.cost.picoDollars), Int(counted.totals.cost.picoDollars))
        check("attempts of unknown cost", told.costUnknown, counted.totals.costUnknown)
        check("tokens at most, possibly billed", told.possible.tokens, counted.totals.possible.tokens)
        check("attempts with a limit", told.possible.tokenAttempts, counted.totals.possible.tokenAttempts)
        check(
            "picodollars at most, possibly billed", Int(told.possible.cost.picoDollars),
            Int(counted.totals.possible.cost.picoDollars))
        check("attempts with a cost at most", told.possible.costAttempts, counted.totals.possible.costAttempts)
        guard let endpoints else { return }
        func sum(_ count: (RunTotals) -> Int) -> Int { endpoints.reduce(0) { $0 + count($1.counts) } }
        check("attempts by endpoint", sum(\.attempts), counted.totals.attempts)
        check("attempts throttled by endpoint", sum(\.throttles), counted.totals.throttles)
        check("attempts possibly billed by endpoint", sum(\.possiblyBilled), counted.totals.possiblyBilled)
        check("prompt tokens by endpoint", sum(\.promptTokens), counted.totals.promptTokens)
        check("completion tokens by endpoint", sum(\.completionTokens), counted.totals.completionTokens)
        check("tokens by endpoint", sum(\.totalTokens), counted.totals.totalTokens)
        check("attempts of unknown cost by endpoint", sum(\.costUnknown), counted.totals.costUnknown)
        let cost = endpoints.reduce(Money.zero) { $0 + $1.counts.cost }
        check("picodollars by endpoint", Int(cost.picoDollars), Int(counted.totals.cost.picoDollars))
    }

    package var isEven: Bool { differences.isEmpty }

    private mutating func check(_ name: String, _ told: Int, _ counted: Int) {
        if told != counted { differences.append(Difference(name: name, told: told, counted: counted)) }
    }
}

extension ClosingBalance: CustomStringConvertible {
    /// `bug in Sluice: the counters of run 3 do not match what they count: rows ok 10, counted 9`
    package var description: String {
        guard !isEven else { return "the counters of run \(run) match what they count" }
        let figures = differences.map { "\($0.name) \($0.told), counted \($0.counted)" }.joined(separator: "; ")
        return "bug in Sluice: the counters of run \(run) do not match what they count: \(figures); "
            + "the answers are safe in the queue: keep a copy of it, and report this line"
    }
}

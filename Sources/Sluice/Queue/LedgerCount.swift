import SQLite

/// Counts a run's attempts as they are read from the ledger.
///
/// Some twenty sums of SQLite's own take it three times as long: it calls a function for each of them in each row.
struct LedgerCount {
    /// What `add` reads.
    static let columns = """
        outcome, possibly_billed, status, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, total_tokens,
          cost_picousd, tokens_at_most, cost_at_most_picousd
        """

    private(set) var totals = RunTotals()
    /// Certainly to be tried again.
    private(set) var retries = 0
    /// Of answers that were cut or failed the job's check the ledger does not say whether they were the last.
    private(set) var retriesAtMost = 0
    private var names = LastName<AttemptRecord.Ending>()

    /// With what has been counted of the run's rows.
    init(classes: ClassCounts = ClassCounts(), reused: Int = 0) {
        totals.classes = classes
        totals.reused = reused
    }

    mutating func add(_ row: Statement) {
        totals.attempts += 1
        switch names.read(row, 0) {
        case .retried:
            retries += 1
            retriesAtMost += 1
        case .truncated, .invalid: retriesAtMost += 1
        case .throttled: totals.throttles += 1
        case .ok, .refused, .filtered, .failed, .stopped, .unknown, .unsent, nil: break
        }
        let isBilled = row.integer(1) != 0
        if isBilled { totals.possiblyBilled += 1 }
        let isAnswered = (200..<300).contains(row.integer(2))
        addUsage(row, isAnswered: isAnswered)
        if let cost = row.optionalInteger(8) {
            totals.cost += Money(picoDollars: cost)
        } else if isBilled || isAnswered {
            totals.costUnknown += 1
        }
        totals.possible.add(
            tokens: row.optionalInteger(9).map { Int($0) }, cost: row.optionalInteger(10).map(Money.init(picoDollars:)))
    }

    private mutating func addUsage(_ row: Statement, isAnswered: Bool) {
        // NULL reads as 0, which adds nothing.
        let prompt = row.integer(3)
        let completion = row.integer(4)
        let cached = row.integer(5)
        let reasoning = row.integer(6)
        let total = row.integer(7)
        Self.add(prompt, to: &totals.promptTokens)
        Self.add(completion, to: &totals.completionTokens)
        Self.add(cached, to: &totals.cachedTokens)
        Self.add(reasoning, to: &totals.reasoningTokens)
        Self.add(total, to: &totals.totalTokens)
        guard isAnswered, prompt | completion | cached | reasoning | total == 0 else { return }
        if (3...7).allSatisfy({ row.isNull($0) }) { totals.usageAbsent += 1 }
    }

    /// A row of `deleted_attempts`.
    mutating func add(deleted row: Statement) {
        func count(_ column: Int32) -> Int { Int(row.integer(column)) }
        totals.attempts += count(1)
        totals.possiblyBilled += count(2)
        retries += count(3)
        retriesAtMost += count(4)
        totals.throttles += count(5)
        Self.add(row.integer(6), to: &totals.promptTokens)
        Self.add(row.integer(7), to: &totals.completionTokens)
        Self.add(row.integer(8), to: &totals.cachedTokens)
        Self.add(row.integer(9), to: &totals.reasoningTokens)
        Self.add(row.integer(10), to: &totals.totalTokens)
        totals.usageAbsent += count(11)
        totals.costUnknown += count(12)
        totals.cost += Self.cost(billions: row.integer(13), rest: row.integer(14))
        var possible = PossibleBill()
        possible.tokens = count(15)
        possible.tokenAttempts = count(16)
        possible.cost = Self.cost(billions: row.integer(17), rest: row.integer(18))
        possible.costAttempts = count(19)
        totals.possible.add(possible)
    }

    /// Stays at the largest number, as sums of costs do: the file may hold any.
    @inline(__always)
    private static func add(_ number: Int64, to sum: inout Int) {
        let (result, overflow) = sum.addingReportingOverflow(Int(number))
        sum = overflow ? (number < 0 ? .min : .max) : result
    }

    private static func cost(billions: Int64, rest: Int64) -> Money {
        let (scaled, overflow) = billions.multipliedReportingOverflow(by: 1_000_000_000)
        return Money(picoDollars: overflow ? (billions < 0 ? .min : .max) : scaled) + Money(picoDollars: rest)
    }
}

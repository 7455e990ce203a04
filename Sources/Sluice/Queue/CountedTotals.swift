import SQLite

/// A run's counters, counted anew from its rows and its ledger.
package struct CountedTotals: Sendable, Equatable {
    /// Rows of the plan in force.
    package var rows = 0
    /// Attempts that have not ended.
    package var open = 0
    /// Attempts after which a request was to be tried again. Of answers that were cut or failed the job's check the
    /// ledger does not say whether they were the last, so that this may be any of several.
    package var retries = 0...0
    /// All else; `retries` are not counted here.
    package var totals = RunTotals()

    package init() {}
}

extension Queue {
    /// Counts every row and attempt of a run that nobody plans: one pass over each table, about 0.5 s for a
    /// million rows.
    package func countTotals(of run: RunRecord) throws -> CountedTotals {
        var counted = CountedTotals()
        try countStates(of: run, into: &counted)
        try countAttempts(of: run, into: &counted)
        return counted
    }

    private func countStates(of run: RunRecord, into counted: inout CountedTotals) throws {
        // The plus: by row id from the run's first request on, not row by row through the index on their order. Counted here,
        // as an aggregate for each class takes SQLite five times as long.
        let rows = try database.statement(
            "SELECT class, attempts FROM states WHERE request_id >= ?2 AND +run_id = ?1 AND retired IS NULL")
        try rows.bind(1, run.id)
        try rows.bind(2, run.firstRequest ?? 0)
        defer { rows.reset() }
        var counts = [Int](repeating: 0, count: Self.classColumns.count)
        var newest = 0
        while try rows.step() {
            counted.rows += 1
            guard !rows.isNull(0) else { continue }
            let isAsBefore = rows.withBytes(0) { $0.elementsEqual(Self.classColumns[newest].1.utf8) }
            if !isAsBefore {
                let name = rows.text(0)
                guard let found = Self.classColumns.firstIndex(where: { $0.1 == name }) else { continue }
                newest = found
            }
            counts[newest] += 1
            if Self.classColumns[newest].0 == .ok, rows.integer(1) == 0 { counted.totals.reused += 1 }
        }
        for (index, column) in Self.classColumns.enumerated() where counts[index] > 0 {
            counted.totals[column.0] = counts[index]
        }
    }

    /// Costs are summed in two parts: a sum past the largest integer is an error to SQLite, while counters stay at it.
    static let ledgerColumns = """
        count(*), count(*) FILTER (WHERE possibly_billed),
          count(*) FILTER (WHERE outcome = 'retried'),
          count(*) FILTER (WHERE outcome IN ('retried', 'truncated', 'invalid')),
          count(*) FILTER (WHERE outcome = 'throttled'),
          coalesce(sum(prompt_tokens), 0), coalesce(sum(completion_tokens), 0), coalesce(sum(cached_tokens), 0),
          coalesce(sum(reasoning_tokens), 0), coalesce(sum(total_tokens), 0),
          count(*) FILTER (WHERE prompt_tokens IS NULL AND status BETWEEN 200 AND 299
            AND coalesce(completion_tokens, total_tokens, cached_tokens, reasoning_tokens) IS NULL),
          count(*) FILTER (WHERE cost_picousd IS NULL AND (possibly_billed OR status BETWEEN 200 AND 299)),
          coalesce(sum(cost_picousd / 1000000000), 0), coalesce(sum(cost_picousd % 1000000000), 0),
          coalesce(sum(tokens_at_most), 0), count(tokens_at_most),
          coalesce(sum(cost_at_most_picousd / 1000000000), 0), coalesce(sum(cost_at_most_picousd % 1000000000), 0),
          count(cost_at_most_picousd)
        """

    /// Attempts that the run's totals count.
    static let isCounted = """
        outcome <> 'unsent' AND paid_by IS NULL
          -- Not settled without having been sent, as where a file is gone.
          AND (sent_at IS NOT NULL OR outcome <> 'failed')
        """

    private static let ledgerSums = """
        SELECT \(ledgerColumns), (SELECT count(*) FROM claims WHERE run_id = ?1) FROM attempts
        WHERE id >= (SELECT first_attempt FROM runs WHERE id = ?1) AND run_id = ?1 AND \(isCounted)
        """

    private func countAttempts(of run: RunRecord, into counted: inout CountedTotals) throws {
        let ledger = try database.statement(Self.ledgerSums)
        try ledger.bind(1, run.id)
        defer { ledger.reset() }
        guard try ledger.step() else { return }
        counted.open = Int(ledger.integer(19))
        // What was there, and is deleted.
        let deleted = try database.statement("SELECT * FROM deleted_attempts WHERE run_id = ?1")
        try deleted.bind(1, run.id)
        defer { deleted.reset() }
        let isAny = try deleted.step()
        func sum(_ column: Int32) -> Int64 { ledger.integer(column) + (isAny ? deleted.integer(column + 1) : 0) }
        func count(_ column: Int32) -> Int { Int(sum(column)) }
        counted.totals.attempts = count(0)
        counted.totals.possiblyBilled = count(1)
        counted.retries = count(2)...max(count(2), count(3))
        counted.totals.throttles = count(4)
        counted.totals.promptTokens = count(5)
        counted.totals.completionTokens = count(6)
        counted.totals.cachedTokens = count(7)
        counted.totals.reasoningTokens = count(8)
        counted.totals.totalTokens = count(9)
        counted.totals.usageAbsent = count(10)
        counted.totals.costUnknown = count(11)
        counted.totals.cost = Self.cost(billions: sum(12), rest: sum(13))
        counted.totals.possible = PossibleBill(
            tokens: count(14), tokenAttempts: count(15), cost: Self.cost(billions: sum(16), rest: sum(17)),
            costAttempts: count(18))
    }

    private static func cost(billions: Int64, rest: Int64) -> Money {
        let (scaled, overflow) = billions.multipliedReportingOverflow(by: 1_000_000_000)
        return Money(picoDollars: overflow ? (billions < 0 ? .min : .max) : scaled) + Money(picoDollars: rest)
    }
}

extension Queue {
    /// Sets a run's counters against what they count; nil while another process plans the run.
    package func closingBalance(of run: RunRecord) throws -> ClosingBalance? {
        try database.readTransaction {
            guard let run = try self.run(id: run.id), !run.isPlanning else { return nil }
            return ClosingBalance(
                run, told: try totals(run: run.id), counted: try countTotals(of: run),
                endpoints: try endpointTotals(run: run.id))
        }
    }
}

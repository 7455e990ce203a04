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
        var classes = ClassCounts()
        var names = LastName<ResultClass>()
        while try rows.step() {
            counted.rows += 1
            guard let resultClass = names.read(rows, 0), resultClass != .unsent else { continue }
            classes[resultClass] += 1
            if resultClass == .ok, rows.integer(1) == 0 { counted.totals.reused += 1 }
        }
        counted.totals.classes = classes
    }

    /// What `LedgerCount` counts, as sums of SQLite's own. Costs are summed in two parts: a sum past the largest integer is
    /// an error to SQLite, while counters stay at it.
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

    private static let ledger = """
        SELECT \(LedgerCount.columns) FROM attempts
        WHERE id >= (SELECT first_attempt FROM runs WHERE id = ?1) AND run_id = ?1 AND \(isCounted)
        """

    private func countAttempts(of run: RunRecord, into counted: inout CountedTotals) throws {
        var count = LedgerCount(classes: counted.totals.classes, reused: counted.totals.reused)
        let ledger = try database.statement(Self.ledger)
        try ledger.bind(1, run.id)
        defer { ledger.reset() }
        while try ledger.step() { count.add(ledger) }
        // What was there, and is deleted.
        let deleted = try database.statement("SELECT * FROM deleted_attempts WHERE run_id = ?1")
        try deleted.bind(1, run.id)
        defer { deleted.reset() }
        if try deleted.step() { count.add(deleted: deleted) }
        counted.totals = count.totals
        counted.retries = count.retries...max(count.retries, count.retriesAtMost)
        let open = try database.statement("SELECT count(*) FROM claims WHERE run_id = ?1")
        try open.bind(1, run.id)
        defer { open.reset() }
        counted.open = try open.step() ? Int(open.integer(0)) : 0
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

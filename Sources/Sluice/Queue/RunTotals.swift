import SQLite

/// The counters of a run, over all its sittings.
package struct RunTotals: Sendable, Equatable {
    /// Rows of the plan in force, by class; `unsent` is the rest.
    package var classes = ClassCounts()
    package var attempts = 0
    package var retries = 0
    package var throttles = 0
    package var possiblyBilled = 0
    package var promptTokens = 0
    package var completionTokens = 0
    package var cachedTokens = 0
    package var reasoningTokens = 0
    package var totalTokens = 0
    /// Answered attempts that did not say their usage.
    package var usageAbsent = 0
    /// Of the attempts whose cost is known.
    package var cost = Money(picoDollars: 0)
    /// Attempts that may have cost something, with no telling what.
    package var costUnknown = 0
    package var activeTime: Duration = .zero
    /// Of the rows that are ok: those that an identical request of another run has answered.
    package var reused = 0

    /// What attempts took at most of which nobody knows what they took.
    package var possible = PossibleBill()

    package init() {}

    mutating func add(_ other: RunTotals) {
        classes.add(other.classes)
        attempts += other.attempts
        retries += other.retries
        throttles += other.throttles
        possiblyBilled += other.possiblyBilled
        promptTokens += other.promptTokens
        completionTokens += other.completionTokens
        cachedTokens += other.cachedTokens
        reasoningTokens += other.reasoningTokens
        totalTokens += other.totalTokens
        usageAbsent += other.usageAbsent
        cost += other.cost
        costUnknown += other.costUnknown
        activeTime += other.activeTime
        reused += other.reused
        possible.add(other.possible)
    }

    /// Rows that have their result.
    package var settled: Int { classes.sum }

    package subscript(_ resultClass: ResultClass) -> Int {
        get { classes[resultClass] }
        set { classes[resultClass] = newValue }
    }
}

/// What attempts took at most that left, and whose answer nobody saw or did not tell.
package struct PossibleBill: Sendable, Equatable {
    /// Of `tokenAttempts` of them: the others set no limit to their answer.
    package var tokens = 0
    package var tokenAttempts = 0
    /// Of `costAttempts` of them: the others have no limit, or an unknown price.
    package var cost = Money.zero
    package var costAttempts = 0

    mutating func add(tokens: Int?, cost: Money?) {
        if let tokens {
            let (sum, overflow) = self.tokens.addingReportingOverflow(tokens)
            self.tokens = overflow ? .max : sum
            tokenAttempts += 1
        }
        if let cost {
            self.cost += cost
            costAttempts += 1
        }
    }

    mutating func add(_ other: PossibleBill) {
        let (sum, overflow) = tokens.addingReportingOverflow(other.tokens)
        tokens = overflow ? .max : sum
        tokenAttempts += other.tokenAttempts
        cost += other.cost
        costAttempts += other.costAttempts
    }
}

extension Queue {
    static let classColumns: [(ResultClass, String)] = [
        (.ok, "ok"), (.truncated, "truncated"), (.refused, "refused"), (.filtered, "filtered"),
        (.invalid, "invalid"), (.failed, "failed"), (.skipped, "skipped"),
    ]

    package func totals(run: Int64) throws -> RunTotals {
        let query = try database.statement(
            """
            SELECT attempts, retries, throttles, possibly_billed, prompt_tokens, completion_tokens, cached_tokens,
              reasoning_tokens, total_tokens, usage_absent, cost_picousd, cost_unknown, active_ms, reused,
              bounded_tokens, bounded_token_attempts, bounded_picousd, bounded_cost_attempts,
              \(Self.classColumns.map(\.1).joined(separator: ", "))
            FROM totals WHERE run_id = ?1
            """)
        try query.bind(1, run)
        defer { query.reset() }
        var totals = RunTotals()
        guard try query.step() else { return totals }
        func count(_ column: Int32) -> Int { Int(query.integer(column)) }
        totals.attempts = count(0)
        totals.retries = count(1)
        totals.throttles = count(2)
        totals.possiblyBilled = count(3)
        totals.promptTokens = count(4)
        totals.completionTokens = count(5)
        totals.cachedTokens = count(6)
        totals.reasoningTokens = count(7)
        totals.totalTokens = count(8)
        totals.usageAbsent = count(9)
        totals.cost = Money(picoDollars: query.integer(10))
        totals.costUnknown = count(11)
        totals.activeTime = .milliseconds(query.integer(12))
        totals.reused = count(13)
        totals.possible.tokens = count(14)
        totals.possible.tokenAttempts = count(15)
        totals.possible.cost = Money(picoDollars: query.integer(16))
        totals.possible.costAttempts = count(17)
        for (index, column) in Self.classColumns.enumerated() {
            let rows = count(18 + Int32(index))
            if rows > 0 { totals[column.0] = rows }
        }
        return totals
    }

    /// Adds what one transaction brought. A sum of costs past the largest integer stays at it: SQLite makes it a REAL,
    /// which the cast cuts.
    func add(_ part: RunTotals, to run: Int64) throws {
        let update = try database.statement(Self.addToTotals)
        try update.bind(1, run)
        let counts = [
            part.attempts, part.retries, part.throttles, part.possiblyBilled, part.promptTokens,
            part.completionTokens, part.cachedTokens, part.reasoningTokens, part.totalTokens, part.usageAbsent,
        ]
        for (index, count) in counts.enumerated() { try update.bind(Int32(index) + 2, count) }
        try update.bind(12, part.cost.picoDollars)
        try update.bind(13, part.costUnknown)
        try update.bind(14, part.activeTime.milliseconds)
        for (index, column) in Self.classColumns.enumerated() { try update.bind(Int32(index) + 15, part[column.0]) }
        try update.bind(22, part.possible.tokens)
        try update.bind(23, part.possible.tokenAttempts)
        try update.bind(24, part.possible.cost.picoDollars)
        try update.bind(25, part.possible.costAttempts)
        try update.run()
    }

    private static let addToTotals = """
        UPDATE totals SET attempts = attempts + ?2, retries = retries + ?3, throttles = throttles + ?4,
          possibly_billed = possibly_billed + ?5, prompt_tokens = prompt_tokens + ?6,
          completion_tokens = completion_tokens + ?7, cached_tokens = cached_tokens + ?8,
          reasoning_tokens = reasoning_tokens + ?9, total_tokens = total_tokens + ?10,
          usage_absent = usage_absent + ?11, cost_picousd = CAST(cost_picousd + ?12 AS INTEGER), cost_unknown = cost_unknown + ?13,
          active_ms = active_ms + ?14, bounded_tokens = bounded_tokens + ?22,
          bounded_token_attempts = bounded_token_attempts + ?23,
          bounded_picousd = CAST(bounded_picousd + ?24 AS INTEGER),
          bounded_cost_attempts = bounded_cost_attempts + ?25,
          \(classColumns.enumerated().map { "\($1.1) = \($1.1) + ?\($0 + 15)" }.joined(separator: ", "))
        WHERE run_id = ?1
        """

    /// Counts the classes of the plan in force anew: a plan that replaced or removed rows took their classes along.
    func recountClasses(run: Int64) throws {
        // Whatever was sent has an attempt that counts.
        let columns = Self.classColumns.map(\.1) + ["reused"]
        let sums =
            Self.classColumns.map { "coalesce(sum(s.class = '\($0.1)'), 0)" }
            + ["coalesce(sum(s.class = 'ok' AND s.attempts = 0), 0)"]
        let update = try database.statement(
            """
            UPDATE totals SET (\(columns.joined(separator: ", "))) = (
              SELECT \(sums.joined(separator: ", "))
              FROM states s JOIN requests r ON r.id = s.request_id JOIN runs u ON u.id = s.run_id
              WHERE s.run_id = ?1 AND r.revision <= u.revision AND (s.retired IS NULL OR s.retired > u.revision))
            WHERE run_id = ?1
            """)
        try update.bind(1, run)
        try update.run()
    }
}

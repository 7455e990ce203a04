import SQLite

extension Queue {
    /// Puts settled rows of a run's plan back to unsent, so that the job's next sitting sends them; or only says which.
    ///
    /// Holds the run's lock meanwhile, unless nothing is changed.
    ///
    /// - Parameter name: a run's number or its job's name; nil for the newest run.
    /// - Throws: `RetryFault` where the selection names what the run does not have, `QueueError.runIsBusy` while a
    ///   process runs the run.
    package static func retry(
        _ selection: RetrySelection, run name: String?, queue path: String, isDryRun: Bool
    ) throws -> RetryReport {
        // Reading first: a queue that is not there is not to be made.
        let run = try Queue(reading: path).run(named: name)
        guard run.revision > 0 else { throw QueueError.notPlanned(run: run.id) }
        if isDryRun {
            let summary = try Queue(reading: path).rowsToRetry(selection, of: run)
            return RetryReport(run: run, summary: summary, isDryRun: true)
        }
        let lock = try RunLock(queue: path, run: run.id)
        // The only connection, so that its end empties the write-ahead log.
        let summary = try Queue(path: path).putBack(selection, of: run)
        withExtendedLifetime(lock) {}
        return RetryReport(run: run, summary: summary, isDryRun: false)
    }

    /// What `putBack` would put back.
    package func rowsToRetry(_ selection: RetrySelection, of run: RunRecord) throws -> RetrySummary {
        try database.execute(Self.retryTables)
        return try database.readTransaction { try choose(selection, of: run) }
    }

    /// Puts the rows back in one transaction. Their attempts stay in the ledger, each with its answer, and the run's
    /// totals keep what they cost.
    package func putBack(_ selection: RetrySelection, of run: RunRecord) throws -> RetrySummary {
        try database.execute(Self.retryTables)
        defer { try? database.execute("DELETE FROM temp.chosen") }
        return try database.transaction {
            let summary = try choose(selection, of: run)
            guard summary.rows > 0 else { return summary }
            try uncount(summary, run: run.id)
            for sql in Self.putBack { try database.execute(sql) }
            let note = try database.statement("UPDATE runs SET end_reason = 'rows put back' WHERE id = ?1")
            try note.bind(1, run.id)
            try note.run()
            return summary
        }
    }

    // MARK: Choosing

    /// In SQLite's own temporary file, so that memory stays flat.
    private static let retryTables = """
        CREATE TEMP TABLE IF NOT EXISTS chosen (id INTEGER PRIMARY KEY, class TEXT, code TEXT);
        CREATE TEMP TABLE IF NOT EXISTS wanted_ids (custom_id TEXT PRIMARY KEY) WITHOUT ROWID;
        CREATE TEMP TABLE IF NOT EXISTS wanted_codes (code TEXT PRIMARY KEY) WITHOUT ROWID;
        """

    /// Rows of the plan in force, with the attempts that settled them.
    private static let inForce = """
        FROM states s JOIN requests r ON r.id = s.request_id JOIN runs u ON u.id = s.run_id
        LEFT JOIN results x ON x.request_id = s.request_id LEFT JOIN attempts a ON a.id = x.attempt_id
        WHERE s.run_id = ?1 AND r.revision <= u.revision AND (s.retired IS NULL OR s.retired > u.revision)
        """

    private static let named = """
        AND s.request_id IN (
          SELECT id FROM requests WHERE run_id = ?1 AND custom_id IN (SELECT custom_id FROM temp.wanted_ids))
        """

    private func choose(_ selection: RetrySelection, of run: RunRecord) throws -> RetrySummary {
        try database.execute("DELETE FROM temp.chosen; DELETE FROM temp.wanted_ids; DELETE FROM temp.wanted_codes")
        try want("INSERT OR IGNORE INTO temp.wanted_ids VALUES (?1)", selection.customIDs)
        try want("INSERT OR IGNORE INTO temp.wanted_codes VALUES (?1)", selection.errorCodes)
        try checkIDs(selection, run)
        let classes = selection.effectiveClasses.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        let named = selection.customIDs.isEmpty ? "" : Self.named
        let coded = selection.errorCodes.isEmpty ? "" : "AND a.error_code IN (SELECT code FROM temp.wanted_codes)"
        let choice = try database.statement(
            """
            INSERT INTO temp.chosen SELECT s.request_id, s.class, a.error_code \(Self.inForce)
              AND s.class IN (\(classes)) \(named) \(coded)
            """)
        try choice.bind(1, run.id)
        try choice.run()
        var summary = try summarise(run)
        try checkCodes(selection, run, summary)
        if !selection.customIDs.isEmpty, !selection.effectiveClasses.contains(.ok) {
            summary.okLeft = try count("SELECT count(*) \(Self.inForce) AND s.class = 'ok' \(Self.named)", run)
        }
        return summary
    }

    private func want(_ sql: String, _ values: [String]) throws {
        let insert = try database.statement(sql)
        for value in values {
            try insert.bind(1, value)
            try insert.run()
        }
    }

    private func checkIDs(_ selection: RetrySelection, _ run: RunRecord) throws {
        guard !selection.customIDs.isEmpty else { return }
        let query = try database.statement(
            """
            SELECT custom_id FROM temp.wanted_ids w WHERE NOT EXISTS (
              SELECT 1 FROM requests r JOIN states s ON s.request_id = r.id
              WHERE r.run_id = ?1 AND r.custom_id = w.custom_id AND r.revision <= ?2
                AND (s.retired IS NULL OR s.retired > ?2))
            """)
        try query.bind(1, run.id)
        try query.bind(2, run.revision)
        defer { query.reset() }
        if try query.step() { throw RetryFault.unknownID(query.text(0), run: run.id) }
    }

    /// A code that no row ended with is most likely mistyped; one of a row that was put back already is not.
    private func checkCodes(_ selection: RetrySelection, _ run: RunRecord, _ summary: RetrySummary) throws {
        let found = Set(summary.groups.compactMap(\.errorCode))
        for code in selection.errorCodes where !found.contains(code) {
            let query = try database.statement(
                "SELECT 1 FROM attempts WHERE run_id = ?1 AND error_code = ?2 LIMIT 1")
            try query.bind(1, run.id)
            try query.bind(2, code)
            let isKnown = try query.step()
            query.reset()
            if !isKnown { throw RetryFault.unknownCode(code, run: run.id, known: try codes(of: run)) }
        }
    }

    private func codes(of run: RunRecord) throws -> [String] {
        let query = try database.statement(
            "SELECT DISTINCT a.error_code \(Self.inForce) AND a.error_code IS NOT NULL ORDER BY 1 LIMIT 50")
        try query.bind(1, run.id)
        var codes: [String] = []
        while try query.step() { codes.append(query.text(0)) }
        return codes
    }

    private func count(_ sql: String, _ run: RunRecord) throws -> Int {
        let query = try database.statement(sql)
        try query.bind(1, run.id)
        defer { query.reset() }
        return try query.step() ? Int(query.integer(0)) : 0
    }

    private func summarise(_ run: RunRecord) throws -> RetrySummary {
        var summary = RetrySummary()
        let groups = try database.statement(
            "SELECT class, code, count(*) FROM temp.chosen GROUP BY class, code ORDER BY class, count(*) DESC, code")
        while try groups.step() {
            guard let resultClass = ResultClass(rawValue: groups.text(0)) else { continue }
            summary.groups.append(
                .init(resultClass: resultClass, errorCode: groups.optionalText(1), rows: Int(groups.integer(2))))
        }
        guard summary.rows > 0 else { return summary }
        // In two parts, as SQLite's sum() of integers fails where it passes the largest.
        let spent = try database.statement(
            """
            SELECT count(*), coalesce(sum(a.prompt_tokens), 0), coalesce(sum(a.completion_tokens), 0),
              coalesce(sum(a.total_tokens), 0), coalesce(sum(a.cost_picousd / 1000000), 0),
              coalesce(sum(a.cost_picousd % 1000000), 0),
              coalesce(sum(a.cost_picousd IS NULL AND (a.possibly_billed OR a.status BETWEEN 200 AND 299)), 0)
            FROM attempts a JOIN temp.chosen c ON c.id = a.request_id
            WHERE a.run_id = ?1 AND \(Self.isCounted)
            """)
        try spent.bind(1, run.id)
        defer { spent.reset() }
        guard try spent.step() else { return summary }
        summary.attempts = Int(spent.integer(0))
        summary.promptTokens = Int(spent.integer(1))
        summary.completionTokens = Int(spent.integer(2))
        summary.totalTokens = Int(spent.integer(3))
        let (millions, tooMuch) = spent.integer(4).multipliedReportingOverflow(by: 1_000_000)
        let (cost, overflow) = millions.addingReportingOverflow(spent.integer(5))
        summary.cost = Money(picoDollars: tooMuch || overflow ? .max : cost)
        summary.costUnknown = Int(spent.integer(6))
        return summary
    }

    // MARK: Putting back

    private func uncount(_ summary: RetrySummary, run: Int64) throws {
        for group in summary.groups {
            let column = group.resultClass.rawValue
            let update = try database.statement("UPDATE totals SET \(column) = \(column) - ?2 WHERE run_id = ?1")
            try update.bind(1, run)
            try update.bind(2, group.rows)
            try update.run()
        }
        let reused = try database.statement(
            """
            UPDATE totals SET reused = reused - (
              SELECT count(*) FROM temp.chosen c JOIN states s ON s.request_id = c.id
              WHERE s.class = 'ok' AND s.attempts = 0)
            WHERE run_id = ?1
            """)
        try reused.bind(1, run)
        try reused.run()
    }

    private static let putBack = [
        // The old answer stays with its attempt. One that was taken over from another run is that run's to keep.
        """
        UPDATE attempts SET answer = x.answer FROM temp.chosen c JOIN results x ON x.request_id = c.id
        WHERE attempts.id = x.attempt_id AND attempts.request_id = c.id AND x.answer IS NOT NULL
        """,
        "DELETE FROM results WHERE request_id IN (SELECT id FROM temp.chosen)",
        "DELETE FROM amendments WHERE request_id IN (SELECT id FROM temp.chosen)",
        """
        UPDATE states SET class = NULL, settled_at = NULL, not_before = NULL, attempts = 0, throttles = 0, invalids = 0,
          grown = 0
        WHERE request_id IN (SELECT id FROM temp.chosen)
        """,
    ]
}

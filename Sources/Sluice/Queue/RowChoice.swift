import SQLite

/// Which of a run's requests may be sent.
package enum RowChoice: Sendable {
    case all
    /// Those that this connection to the queue has chosen.
    case chosen
}

extension Queue {
    static let isChosen = " AND s.request_id IN (SELECT request_id FROM temp.chosen)"

    /// Chooses rows without a result, spread evenly over the plan: one in each of `count` stretches of the same length,
    /// at a place in it that no period in the rows keeps step with (multiples of the golden ratio).
    ///
    /// - Returns: how many were chosen, which is all where there are no more than `count`.
    package func choose(_ count: Int, of run: RunRecord) throws -> Int {
        try database.execute(
            "CREATE TEMP TABLE IF NOT EXISTS chosen (request_id INTEGER PRIMARY KEY); DELETE FROM temp.chosen;")
        let total = try unsentRows(of: run)
        let wanted = min(max(count, 0), total)
        guard wanted > 0 else { return 0 }
        let insert = try database.statement("INSERT INTO temp.chosen VALUES (?1)")
        let rows = try database.statement(
            """
            SELECT request_id FROM states WHERE run_id = ?1 AND class IS NULL AND retired IS NULL ORDER BY seq
            """)
        try rows.bind(1, run.id)
        defer { rows.reset() }
        var (chosen, place) = (0, 0)
        var next = Self.place(0, of: wanted, in: total)
        while chosen < wanted, try rows.step() {
            if place == next {
                try insert.bind(1, rows.integer(0))
                try insert.run()
                chosen += 1
                next = Self.place(chosen, of: wanted, in: total)
            }
            place += 1
        }
        return chosen
    }

    private func unsentRows(of run: RunRecord) throws -> Int {
        let query = try database.statement(
            "SELECT count(*) FROM states WHERE run_id = ?1 AND class IS NULL AND retired IS NULL")
        try query.bind(1, run.id)
        defer { query.reset() }
        return try query.step() ? Int(query.integer(0)) : 0
    }

    /// The place, from 0, of the row that stands for a stretch. Each is greater than the one before.
    static func place(_ stretch: Int, of count: Int, in total: Int) -> Int {
        let start = (total * stretch) / count
        let end = (total * (stretch + 1)) / count
        let phase = (Double(stretch + 1) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
        return start + min(Int(phase * Double(end - start)), end - start - 1)
    }
}

extension Queue {
    /// What the rows without a result may take.
    package func estimateUnsent(of run: RunRecord) throws -> (rows: Int, estimate: PlanEstimate) {
        var estimate = PlanEstimate()
        var count = 0
        let rows = try database.statement(
            """
            SELECT r.prompt_estimate, r.output_limit, coalesce(r.model, r.body ->> '$.model')
            FROM states s JOIN requests r ON r.id = s.request_id
            WHERE s.run_id = ?1 AND s.class IS NULL AND s.retired IS NULL
            """)
        try rows.bind(1, run.id)
        defer { rows.reset() }
        while try rows.step() {
            estimate.add(
                model: rows.optionalText(2), promptTokens: Int(rows.integer(0)),
                outputLimit: rows.optionalInteger(1).map(Int.init))
            count += 1
        }
        let files = try database.statement(
            """
            SELECT f.bytes FROM states s JOIN attachments f ON f.request_id = s.request_id
            WHERE s.run_id = ?1 AND s.class IS NULL AND s.retired IS NULL
            """)
        try files.bind(1, run.id)
        defer { files.reset() }
        while try files.step() { estimate.add(fileBytes: Int(files.integer(0))) }
        return (count, estimate)
    }
}

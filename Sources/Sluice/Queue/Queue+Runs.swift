import SQLite

extension Queue {
    private static let columns = """
        id, job, input, endpoint, created_at, revision, planning, rows, first_request, started_at, ended_at, end_reason,
        finish_by
        """

    /// The newest run of the job of that name.
    package func latestRun(job: String) throws -> RunRecord? {
        let query = try database.statement(
            "SELECT \(Self.columns) FROM runs WHERE job = ?1 AND pruning = 0 ORDER BY id DESC LIMIT 1")
        try query.bind(1, job)
        return try first(of: query)
    }

    /// The run that the job's name goes on with: the newest that has rows left to send or no plan yet, else the newest.
    package func runToGoOnWith(job: String) throws -> RunRecord? {
        let sum = Self.classColumns.map { "t.\($0.1)" }.joined(separator: " + ")
        let query = try database.statement(
            """
            SELECT \(Self.columns) FROM runs r JOIN totals t ON t.run_id = r.id
            WHERE job = ?1 AND pruning = 0 ORDER BY r.revision = 0 OR \(sum) < r.rows DESC, id DESC LIMIT 1
            """)
        try query.bind(1, job)
        return try first(of: query)
    }

    package func run(id: Int64) throws -> RunRecord? {
        let query = try database.statement("SELECT \(Self.columns) FROM runs WHERE id = ?1 AND pruning = 0")
        try query.bind(1, id)
        return try first(of: query)
    }

    /// The run that a person means: by number, by the job's name, or the newest of all.
    package func run(named name: String?) throws -> RunRecord {
        let found: RunRecord?
        if let name {
            found = try Int64(name).flatMap { try run(id: $0) } ?? latestRun(job: name)
        } else {
            found = try first(
                of: database.statement("SELECT \(Self.columns) FROM runs WHERE pruning = 0 ORDER BY id DESC LIMIT 1"))
        }
        guard let found else { throw QueueError.noRun(wanted: name, path: path) }
        return found
    }

    package func runs() throws -> [RunRecord] { try runs(arePruned: false) }

    func runs(arePruned: Bool) throws -> [RunRecord] {
        let query = try database.statement(
            "SELECT \(Self.columns) FROM runs WHERE pruning = \(arePruned ? 1 : 0) ORDER BY id")
        var found: [RunRecord] = []
        while try query.step() { found.append(record(query)) }
        return found
    }

    package func createRun(job: String, input: String, endpoint: String, at now: Timestamp) throws -> RunRecord {
        try findOrCreateRun(job: job, anew: true, input: input, endpoint: endpoint, at: now)
    }

    /// The run that the job goes on with, or a new one: in one step, so that two processes that start together find the same.
    package func findOrCreateRun(
        job: String, anew: Bool, input: String, endpoint: String, at now: Timestamp
    ) throws -> RunRecord {
        try database.transaction {
            if !anew, let run = try runToGoOnWith(job: job) { return run }
            let insert = try database.statement(
                """
                INSERT INTO runs (job, input, endpoint, created_at, first_attempt)
                VALUES (?1, ?2, ?3, ?4, \(Self.nextAttempt))
                """)
            try insert.bind(1, job)
            try insert.bind(2, input)
            try insert.bind(3, endpoint)
            try insert.bind(4, now.milliseconds)
            try insert.run()
            let id = database.lastInsertedRow
            let totals = try database.statement("INSERT INTO totals (run_id) VALUES (?1)")
            try totals.bind(1, id)
            try totals.run()
            return RunRecord(
                id: id, job: job, input: input, endpoint: endpoint, createdAt: now, revision: 0, isPlanning: false,
                rows: 0)
        }
    }

    /// Takes away a run whose first plan was not valid.
    func discardUnplanned(_ run: RunRecord) throws {
        try database.transaction {
            // Rows that could not be cleared away keep their run, so that no later run inherits them with its number.
            let delete = try database.statement(
                """
                DELETE FROM runs WHERE id = ?1 AND revision = 0
                  AND NOT EXISTS (SELECT 1 FROM requests WHERE run_id = ?1)
                """)
            try delete.bind(1, run.id)
            try delete.run()
            guard database.changes == 1 else { return }
            let totals = try database.statement("DELETE FROM totals WHERE run_id = ?1")
            try totals.bind(1, run.id)
            try totals.run()
        }
    }

    /// A sitting begins: the run is about to send.
    package func markStarted(
        _ run: RunRecord, endpoint: String, finishBy: Timestamp? = nil, at now: Timestamp
    ) throws {
        let update = try database.statement(
            """
            UPDATE runs SET started_at = coalesce(started_at, ?2), ended_at = NULL, end_reason = NULL, endpoint = ?3,
              finish_by = ?4
            WHERE id = ?1
            """)
        try update.bind(1, run.id)
        try update.bind(2, now.milliseconds)
        try update.bind(3, endpoint)
        try update.bind(4, finishBy?.milliseconds)
        try update.run()
    }

    /// A sitting ends, for a reason in a word or a sentence.
    package func markEnded(
        _ run: RunRecord, reason: String, held: [Hold: Duration] = [:], at now: Timestamp
    ) throws {
        try database.transaction {
            let update = try database.statement("UPDATE runs SET ended_at = ?2, end_reason = ?3 WHERE id = ?1")
            try update.bind(1, run.id)
            try update.bind(2, now.milliseconds)
            try update.bind(3, reason)
            try update.run()
            try add(held, to: run.id)
        }
    }

    private func first(of query: Statement) throws -> RunRecord? {
        defer { query.reset() }
        return try query.step() ? record(query) : nil
    }

    private func record(_ row: Statement) -> RunRecord {
        RunRecord(
            id: row.integer(0), job: row.text(1), input: row.text(2), endpoint: row.text(3),
            createdAt: Timestamp(milliseconds: row.integer(4)), revision: row.integer(5),
            isPlanning: row.integer(6) != 0, rows: Int(row.integer(7)), firstRequest: row.optionalInteger(8),
            startedAt: row.optionalInteger(9).map(Timestamp.init(milliseconds:)),
            endedAt: row.optionalInteger(10).map(Timestamp.init(milliseconds:)), endReason: row.optionalText(11),
            finishBy: row.optionalInteger(12).map(Timestamp.init(milliseconds:)))
    }
}

import SQLite

extension Queue {
    /// Runs whose deletion was begun and not ended: no other command sees them.
    package func halfPrunedRuns() throws -> [RunRecord] { try runs(arePruned: true) }

    /// Deletes a run and all that is its own. The caller holds the run's lock.
    ///
    /// The first transaction hides the run, the last one takes its number out of the queue: a deletion that is stopped in
    /// between is never resumed as a run, and goes on when it is asked for again.
    ///
    /// - Parameter checkpoint: called between transactions; it throws to stop.
    package func deleteRun(_ run: Int64, checkpoint: () throws -> Void = {}) throws {
        try database.transaction {
            try execute("UPDATE runs SET pruning = 1 WHERE id = ?1", run)
            try handOver(from: run)
        }
        try RowRemoval(database: database, run: run, scope: .all).removeAll(checkpoint)
        try database.transaction {
            for table in ["claims", "totals", "endpoint_totals", "plans", "deleted_attempts", "bounds"] {
                try execute("DELETE FROM \(table) WHERE run_id = ?1", run)
            }
            try execute("DELETE FROM runs WHERE id = ?1", run)
        }
    }

    /// Deletes rows of a run that are not part of its plan any more: they were changed or removed. The run's totals are
    /// counters and keep what those rows cost. The caller holds the run's lock.
    ///
    /// - Returns: how many rows there were.
    package func deleteHistory(
        of run: RunRecord, now: Timestamp, checkpoint: () throws -> Void = {}
    ) throws -> Int {
        // Attempts that a dead sitting left open are counted before they can go.
        _ = try endLostAttempts(run: run.id, now: now)
        let rows = try database.transaction {
            try handOver(from: run.id, retired: run.revision)
            // A row that comes back before its rest is deleted has no answer to bring.
            let update = try database.statement(
                """
                UPDATE states SET class = NULL, settled_at = NULL, not_before = NULL, attempts = 0, throttles = 0,
                  invalids = 0, grown = 0
                WHERE run_id = ?1 AND retired <= ?2
                """)
            try update.bind(1, run.id)
            try update.bind(2, run.revision)
            try update.run()
            return Int(database.changes)
        }
        try RowRemoval(database: database, run: run.id, scope: .retired(upTo: run.revision)).removeAll(checkpoint)
        return rows
    }

    /// Gives attempts whose answers were taken over by rows of another run to that run's ledger, so that those results
    /// keep the attempt that they stand on. Its totals do not count them.
    ///
    /// - Parameter retired: of a run that stays, only attempts of rows that a plan up to this one has retired.
    private func handOver(from run: Int64, retired: Int64? = nil) throws {
        // Without that index nothing was ever taken over.
        guard try hasFingerprintIndex() else { return }
        let taken = """
            states s JOIN results x ON x.request_id = s.request_id JOIN runs u ON u.id = s.run_id
            WHERE +s.run_id <> ?1 AND u.pruning = 0 AND s.class = 'ok' AND s.attempts = 0
            """
        var isGoing = "attempts.run_id = ?1"
        if let retired {
            isGoing += """
                 AND EXISTS (
                  SELECT 1 FROM states o WHERE o.request_id = attempts.request_id AND o.retired <= \(retired))
                """
            try execute(
                RowRemoval.noteDeleted("id IN (SELECT x.attempt_id FROM \(taken)) AND \(isGoing)"), run)
        }
        try execute(
            """
            UPDATE attempts SET request_id = x.request_id, run_id = s.run_id, paid_by = coalesce(paid_by, ?1)
            FROM \(taken) AND attempts.id = x.attempt_id AND \(isGoing)
            """, run)
    }

    /// Made when a job first asks for the reuse of identical requests.
    func hasFingerprintIndex() throws -> Bool {
        try database.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'requests_fingerprint'") ?? 0 > 0
    }

    private func execute(_ sql: String, _ run: Int64) throws {
        let statement = try database.statement(sql)
        try statement.bind(1, run)
        try statement.run()
    }

    /// Writes the file anew without its free pages. It takes as much room again in the folder for temporary files, and
    /// beside the queue until it is done; whoever writes to the queue waits for it.
    package func vacuum() throws {
        try database.execute("VACUUM")
        try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    }
}

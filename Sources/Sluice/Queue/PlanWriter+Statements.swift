import SQLite

/// The writer's statements.
extension PlanWriter {
    /// Kept in SQLite's own temporary file, so that memory stays flat.
    static let scratch = """
        CREATE TEMP TABLE IF NOT EXISTS seen (id INTEGER PRIMARY KEY);
        CREATE TEMP TABLE IF NOT EXISTS moves (
          id INTEGER PRIMARY KEY, seq INTEGER, line INTEGER, priority INTEGER);
        CREATE TEMP TABLE IF NOT EXISTS brought (custom_id TEXT PRIMARY KEY) WITHOUT ROWID;
        CREATE TEMP TABLE IF NOT EXISTS occurrences (fingerprint BLOB PRIMARY KEY, count INTEGER) WITHOUT ROWID;
        CREATE TEMP TABLE IF NOT EXISTS columns (id INTEGER PRIMARY KEY, columns TEXT);
        CREATE TEMP TABLE IF NOT EXISTS places (
          request_id INTEGER, position INTEGER, path TEXT, PRIMARY KEY (request_id, position)
        ) WITHOUT ROWID;
        DELETE FROM places; DELETE FROM columns; DELETE FROM seen; DELETE FROM moves; DELETE FROM brought; DELETE FROM occurrences;
        """

    static let inForce = """
        SELECT r.custom_id, r.fingerprint, s.class IS NOT NULL, r.id, s.priority FROM states s JOIN requests r ON r.id = s.request_id
        WHERE s.run_id = ?1 AND r.revision <= ?2 AND (s.retired IS NULL OR s.retired > ?2)
        ORDER BY s.seq
        """

    static let find = """
        SELECT r.id, s.seq, r.fingerprint, s.class IS NOT NULL FROM requests r JOIN states s ON s.request_id = r.id
        WHERE r.run_id = ?1 AND r.custom_id = ?2 AND r.revision <= ?3 AND (s.retired IS NULL OR s.retired > ?3)
        """

    static let findRetired = """
        SELECT r.id, s.seq, r.fingerprint, s.class IS NOT NULL
        FROM requests r JOIN states s ON s.request_id = r.id
        WHERE r.run_id = ?1 AND r.custom_id = ?2 AND s.retired <= ?3 AND r.fingerprint = ?4
        ORDER BY s.class IS NULL, r.id DESC LIMIT 1
        """

    /// Rows in force that the new plan has neither followed nor found.
    static let unseen = """
        FROM states s JOIN requests r ON r.id = s.request_id
        WHERE s.run_id = ?1 AND s.seq >= ?3 AND r.revision <= ?2 AND (s.retired IS NULL OR s.retired > ?2)
          AND s.request_id NOT IN (SELECT id FROM temp.seen)
        """

    static let occurrence = """
        INSERT INTO temp.occurrences VALUES (?1, 1) ON CONFLICT DO UPDATE SET count = count + 1 RETURNING count
        """

    static let flip = """
        UPDATE runs SET revision = ?2, rows = ?3, planned_at = ?4, planning = 0,
          ended_at = NULL, end_reason = NULL, input = coalesce(?5, input),
          first_request = coalesce(first_request, ?6, (SELECT min(id) FROM requests WHERE run_id = ?1))
        WHERE id = ?1
        """

    static let clear = [
        "DELETE FROM results WHERE request_id IN (SELECT id FROM requests WHERE run_id = ?1 AND revision > ?2)",
        "DELETE FROM inputs WHERE request_id IN (SELECT id FROM requests WHERE run_id = ?1 AND revision > ?2)",
        "DELETE FROM attachments WHERE request_id IN (SELECT id FROM requests WHERE run_id = ?1 AND revision > ?2)",
        "DELETE FROM states WHERE request_id IN (SELECT id FROM requests WHERE run_id = ?1 AND revision > ?2)",
        "DELETE FROM requests WHERE run_id = ?1 AND revision > ?2",
        "UPDATE states SET retired = NULL WHERE run_id = ?1 AND retired > ?2",
    ]
}

/// Finding rows by their custom_id.
extension PlanWriter {
    struct Known {
        var id: Int64
        var seq: Int
        var fingerprint: Fingerprint?
        var isSettled: Bool
    }

    /// The request of that name in the plan in force.
    func find(_ customID: String) throws -> Known? {
        let query = try database.statement(Self.find)
        try query.bind(1, run.id)
        try query.bind(2, customID)
        try query.bind(3, run.revision)
        return try known(query)
    }

    /// A retired request of that name that was the same: one with a result, else the newest.
    func findRetired(_ customID: String, _ fingerprint: Fingerprint) throws -> Known? {
        let query = try database.statement(Self.findRetired)
        try query.bind(1, run.id)
        try query.bind(2, customID)
        try query.bind(3, run.revision)
        try query.bind(4, blob: fingerprint.bytes)
        return try known(query)
    }

    private func known(_ query: Statement) throws -> Known? {
        defer { query.reset() }
        guard try query.step() else { return nil }
        return Known(
            id: query.integer(0), seq: Int(query.integer(1)),
            fingerprint: query.withBytes(2) { Fingerprint(bytes: $0) }, isSettled: query.integer(3) != 0)
    }
}

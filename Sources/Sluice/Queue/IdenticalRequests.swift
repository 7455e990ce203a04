import SQLite

/// Finds answers that other runs of the queue have to the same request.
struct IdenticalRequests {
    /// A request that has its answer, and the answer's bytes.
    struct Match {
        var id: Int64
        var answerBytes: Int
    }

    private let database: Database
    private let run: Int64
    private let reuse: AnswerReuse
    /// Where the index is not there and must not be made, a copy in SQLite's temporary file stands in for it, made at
    /// the first search.
    private let hasIndex: Bool
    private var hasCopy = false

    /// So many answers to one request are tried by the job's check, the newest first.
    private static let tried = 16

    /// Makes the index where it may: only queues whose jobs ask for reuse pay for it.
    init(_ queue: Queue, run: Int64, reuse: AnswerReuse, mayWrite: Bool) throws {
        database = queue.database
        self.run = run
        self.reuse = reuse
        if mayWrite { try database.execute("CREATE INDEX IF NOT EXISTS requests_fingerprint ON requests(fingerprint)") }
        hasIndex = try queue.hasFingerprintIndex()
    }

    /// The newest such request, of a run that is not being deleted.
    mutating func find(_ fingerprint: Fingerprint) throws -> Match? {
        if !hasIndex, !hasCopy {
            try database.execute(Self.copy)
            hasCopy = true
        }
        let query = try database.statement(search)
        try query.bind(1, blob: fingerprint.bytes)
        try query.bind(2, run)
        for (index, endpoint) in reuse.endpoints.enumerated() { try query.bind(Int32(index) + 3, endpoint) }
        defer { query.reset() }
        while try query.step() {
            if try !reuse.hasCheck || isAccepted(query.integer(0), url: query.text(2)) {
                return Match(id: query.integer(0), answerBytes: Int(query.integer(1)))
            }
        }
        return nil
    }

    /// An answer of another model that an endpoint was asked for in the request's place is none to that very request.
    private var search: String {
        let places = reuse.endpoints.indices.map { "?\($0 + 3)" }.joined(separator: ", ")
        return
            """
            SELECT r.id, length(CAST(x.answer AS BLOB)), r.url
            FROM \(hasIndex ? "requests r" : "temp.fingerprints f JOIN requests r ON r.id = f.id")
              JOIN states s ON s.request_id = r.id JOIN runs u ON u.id = r.run_id
              JOIN results x ON x.request_id = r.id JOIN attempts a ON a.id = x.attempt_id
            WHERE \(hasIndex ? "r" : "f").fingerprint = ?1 AND +r.run_id <> ?2 AND r.revision <= u.revision
              AND u.pruning = 0 AND s.class = 'ok' AND x.answer IS NOT NULL
              AND a.endpoint IN (\(places)) AND a.asked_model IS NULL
            ORDER BY r.id DESC LIMIT \(reuse.hasCheck ? Self.tried : 1)
            """
    }

    private func isAccepted(_ request: Int64, url: String) throws -> Bool {
        let query = try database.statement("SELECT answer FROM results WHERE request_id = ?1")
        try query.bind(1, request)
        defer { query.reset() }
        return try query.step() && reuse.accepts(query.bytes(0), url: url)
    }

    /// Settles a request by the answer of another: it points at the attempt that brought it, and was answered then.
    func give(_ answered: Match, to request: Int64) throws {
        for sql in Self.give {
            let statement = try database.statement(sql)
            try statement.bind(1, request)
            try statement.bind(2, answered.id)
            try statement.run()
        }
    }

    private static let give = [
        """
        INSERT INTO results (request_id, attempt_id, answer)
        SELECT ?1, attempt_id, answer FROM results WHERE request_id = ?2
        """,
        """
        UPDATE states SET class = 'ok', settled_at = (SELECT settled_at FROM states WHERE request_id = ?2)
        WHERE request_id = ?1
        """,
    ]

    private static let copy = """
        DROP TABLE IF EXISTS temp.fingerprints;
        CREATE TEMP TABLE fingerprints (fingerprint BLOB, id INTEGER, PRIMARY KEY (fingerprint, id)) WITHOUT ROWID;
        INSERT INTO temp.fingerprints SELECT r.fingerprint, r.id FROM states s JOIN requests r ON r.id = s.request_id
        WHERE s.class = 'ok'
        """
}

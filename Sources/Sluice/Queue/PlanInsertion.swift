import SQLite

/// Writes a plan's new requests.
///
/// It keeps statements of its own, whose bindings nobody else changes: what is the same in most rows is bound once.
final class PlanInsertion {
    private static let sql = """
        INSERT INTO requests
          (run_id, revision, custom_id, method, url, body, fingerprint, prompt_estimate, output_limit, attachments,
           model)
        VALUES (?1, ?2, ?3, 'POST', ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        ON CONFLICT DO NOTHING
        """

    private let database: Database
    private let insert: Statement
    private var url: String?
    private var model: String??

    init(_ database: Database, run: Int64, revision: Int64) throws {
        self.database = database
        insert = try database.ownStatement(Self.sql)
        try insert.bind(1, run)
        try insert.bind(2, revision)
    }

    /// - Returns: the request's number; nil where the plan has brought that custom_id already.
    func write(_ customID: String, _ request: PlannedRequest) throws -> Int64? {
        try insert.bind(3, customID)
        if url != request.url {
            try insert.bind(4, request.url)
            url = request.url
        }
        try request.fingerprint.withBytes { try insert.bind(6, blob: $0) }
        try insert.bind(7, request.estimatedPromptTokens)
        try insert.bind(8, request.maximumOutputTokens)
        try insert.bind(9, request.attachments.count)
        if model != .some(request.model) {
            try insert.bind(10, request.model)
            model = .some(request.model)
        }
        try insert.withBorrowed(5, request.body, asText: true) { try insert.run() }
        return database.changes == 1 ? database.lastInsertedRow : nil
    }
}

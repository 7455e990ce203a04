import SQLite

/// Writes a plan's new requests.
///
/// It keeps statements of its own, whose bindings nobody else changes: what is the same in most rows is bound once.
final class PlanInsertion {
    /// So many are written by one statement: where bodies are small, a good part of a row's time would go into beginning
    /// and ending statements, and into finding the ends of table and index anew.
    static let rowsTogether = 32
    /// Bodies that are written together are copied to one place first.
    private static let bytesTogether = 256 << 10

    private static let columns = """
        run_id, revision, custom_id, method, url, body, fingerprint, prompt_estimate, output_limit, attachments, model
        """
    private static let one = """
        INSERT INTO requests (\(columns)) VALUES (?1, ?2, ?3, 'POST', ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING
        """
    private static var many: String {
        let rows = (0..<rowsTogether).map { row in
            let own = (0..<6).map { "?\(5 + row * 6 + $0)" }
            return "(?1, ?2, \(own[0]), 'POST', ?3, \(own[1...5].joined(separator: ", ")), ?4)"
        }
        return "INSERT INTO requests (\(columns)) VALUES \(rows.joined(separator: ", ")) ON CONFLICT DO NOTHING"
    }

    private let database: Database
    private let run: Int64
    private let revision: Int64
    private let insert: Statement
    private var insertMany: Statement?
    private var url: String?
    private var model: String??
    // Unchecked: SQLite calls nothing that comes back here.
    @exclusivity(unchecked) private var buffer: [UInt8] = []
    @exclusivity(unchecked) private var parts: [Statement.Part] = []

    init(_ database: Database, run: Int64, revision: Int64) throws {
        self.database = database
        self.run = run
        self.revision = revision
        insert = try database.ownStatement(Self.one)
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

    /// Whether the first of `requests` can be written together: there are enough of them, for one URL and one model,
    /// and they are small.
    static func goTogether(_ requests: ArraySlice<PlannedRequest>) -> Bool {
        guard requests.count >= rowsTogether, let first = requests.first else { return false }
        var bytes = 0
        for request in requests.prefix(rowsTogether) {
            bytes += request.body.count
            guard bytes <= bytesTogether, request.url == first.url, request.model == first.model else { return false }
        }
        return true
    }

    /// Writes `rowsTogether` requests.
    ///
    /// - Returns: for each its number; nil where the plan has brought that custom_id already.
    func write(_ requests: ArraySlice<PlannedRequest>, names: [String]) throws -> [Int64?] {
        guard let first = requests.first else { return [] }
        let insert = try insertMany ?? database.ownStatement(Self.many)
        insertMany = insert
        buffer.removeAll(keepingCapacity: true)
        parts.removeAll(keepingCapacity: true)
        try insert.bind(1, run)
        try insert.bind(2, revision)
        add(3, first.url.utf8, asText: true)
        if let model = first.model { add(4, model.utf8, asText: true) } else { try insert.bindNull(4) }
        var parameter: Int32 = 5
        for (offset, request) in requests.enumerated() {
            add(parameter, names[offset].utf8, asText: true)
            add(parameter + 1, request.body, asText: true)
            request.fingerprint.withBytes { add(parameter + 2, $0, asText: false) }
            try insert.bind(parameter + 3, request.estimatedPromptTokens)
            try insert.bind(parameter + 4, request.maximumOutputTokens)
            try insert.bind(parameter + 5, request.attachments.count)
            parameter += 6
        }
        try insert.withBorrowed(buffer, parts) { try insert.run() }
        // SQLite numbers the rows of a statement one after the other.
        let written = database.changes
        let next = database.lastInsertedRow - written + 1
        if written == names.count { return names.indices.map { next + Int64($0) } }
        return try numbers(of: names, from: written == 0 ? .max : next)
    }

    /// The numbers of the rows that were written last; nil for names that stood there before.
    private func numbers(of names: [String], from first: Int64) throws -> [Int64?] {
        let query = try database.statement(
            "SELECT id FROM requests WHERE run_id = ?1 AND custom_id = ?2 AND revision = ?3")
        try query.bind(1, run)
        try query.bind(3, revision)
        var next = first
        return try names.map { name in
            try query.bind(2, name)
            defer { query.reset() }
            // A row of this statement has the number that is next; else it is one of before, or was met already.
            guard try query.step(), query.integer(0) == next else { return nil }
            next += 1
            return query.integer(0)
        }
    }

    private func add(_ index: Int32, _ bytes: some Collection<UInt8>, asText: Bool) {
        let start = buffer.count
        buffer.append(contentsOf: bytes)
        parts.append(Statement.Part(index, start..<buffer.count, asText: asText))
    }
}

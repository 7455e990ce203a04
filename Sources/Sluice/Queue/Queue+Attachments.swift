import SQLite

/// The files that requests take in.
extension Queue {
    /// Writes a new request's files, as part of the caller's transaction.
    func insert(_ attachments: [Attachment], of request: Int64) throws {
        guard !attachments.isEmpty else { return }
        let insert = try database.statement(
            """
            INSERT INTO attachments (request_id, position, path, form, media_type, bytes, sha256)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """)
        for attachment in attachments {
            try insert.bind(1, request)
            try insert.bind(2, attachment.position)
            try insert.bind(3, attachment.path)
            try insert.bind(4, attachment.form.rawValue)
            try insert.bind(5, attachment.mediaType)
            try insert.bind(6, attachment.bytes)
            try insert.bind(7, blob: attachment.sha256)
            try insert.run()
        }
    }

    /// A request's files by position.
    func attachments(of request: Int64) throws -> [Attachment] {
        let query = try database.statement(
            """
            SELECT position, path, form, media_type, bytes, sha256 FROM attachments
            WHERE request_id = ?1 ORDER BY position
            """)
        try query.bind(1, request)
        var attachments: [Attachment] = []
        while try query.step() {
            attachments.append(
                Attachment(
                    position: Int(query.integer(0)), path: query.text(1),
                    form: query.text(2) == Attachment.Form.base64.rawValue ? .base64 : .dataURL,
                    mediaType: query.text(3), bytes: Int(query.integer(4)), sha256: query.bytes(5)))
        }
        return attachments
    }

    /// Notes where the files of a request of before are now: its fingerprint covers what they hold, not where they lie.
    /// Noted aside, in temp.places, until the plan is put in force.
    func notePlaces(of attachments: [Attachment], request: Int64) throws {
        guard !attachments.isEmpty else { return }
        let places = try self.attachments(of: request).map(\.path)
        guard places != attachments.map(\.path) else { return }
        let note = try database.statement("INSERT OR REPLACE INTO temp.places VALUES (?1, ?2, ?3)")
        for attachment in attachments {
            try note.bind(1, request)
            try note.bind(2, attachment.position)
            try note.bind(3, attachment.path)
            try note.run()
        }
    }

    /// Puts in force what `notePlaces` noted.
    func updatePlaces() throws {
        try database.execute(
            """
            UPDATE attachments SET path = p.path FROM temp.places p
            WHERE attachments.request_id = p.request_id AND attachments.position = p.position
            """)
    }
}

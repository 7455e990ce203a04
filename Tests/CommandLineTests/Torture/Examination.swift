import SQLite
import Testing

@testable import Sluice

/// What a queue holds after its program died, read without changing it.
struct Examination {
    /// The attempt that settled each row, by the row's `custom_id`.
    var recorded: [String: Int64] = [:]
    /// Rows with an attempt that nobody ended.
    var open: Set<String> = []
    /// Attempts of each row that count as possibly billed.
    var possiblyBilled: [String: Int] = [:]
    var run: RunRecord

    /// Checks the file as SQLite does, and that every settled row has its result and no other row has one.
    init(_ path: String, _ comment: Comment) throws {
        let database = try Database(path: path, mode: .readOnly)
        let check = try database.statement("PRAGMA integrity_check")
        #expect(try check.step() && check.text(0) == "ok", comment)
        check.reset()
        let astray = """
            SELECT count(*) FROM states s LEFT JOIN results x ON x.request_id = s.request_id
            WHERE (s.class IS NULL) != (x.request_id IS NULL)
            """
        #expect(try database.integer(astray) == 0, comment)
        run = try Queue(reading: path).run(named: nil)
        let results = try database.statement(
            "SELECT r.custom_id, x.attempt_id FROM results x JOIN requests r ON r.id = x.request_id")
        while try results.step() { recorded[results.text(0)] = results.integer(1) }
        let claims = try database.statement(
            "SELECT r.custom_id FROM claims c JOIN requests r ON r.id = c.request_id")
        while try claims.step() { open.insert(claims.text(0)) }
        let attempts = try database.statement(
            """
            SELECT r.custom_id FROM attempts a JOIN requests r ON r.id = a.request_id WHERE a.possibly_billed
            """)
        while try attempts.step() { possiblyBilled[attempts.text(0), default: 0] += 1 }
    }
}

extension Workspace {
    var queuePath: String { "\(path)/.sluice/queue.db" }

    func examine(_ comment: Comment) throws -> Examination { try Examination(queuePath, comment) }
}

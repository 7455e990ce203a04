import SQLite
import Sluice
import Testing

extension Workspace {
    /// Every value of every row of the queue, to tell whether anything was changed.
    func contents() throws -> [String] {
        let database = try Database(path: "\(path)/.sluice/queue.db", mode: .readOnly)
        var lines: [String] = []
        for table in try strings(database, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") {
            let columns = try strings(database, "SELECT 'quote(' || name || ')' FROM pragma_table_info('\(table)')")
            lines += try strings(
                database, "SELECT '\(table) ' || \(columns.joined(separator: " || ',' || ")) FROM \(table) ORDER BY 1")
        }
        return lines
    }

    func count(_ sql: String) throws -> Int64 {
        try Database(path: "\(path)/.sluice/queue.db", mode: .readOnly).integer(sql) ?? -1
    }

    func expectSoundQueue(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let database = try Database(path: "\(path)/.sluice/queue.db", mode: .readOnly)
        #expect(try strings(database, "PRAGMA integrity_check") == ["ok"], sourceLocation: sourceLocation)
        #expect(try strings(database, "PRAGMA foreign_key_check") == [], sourceLocation: sourceLocation)
    }

    private func strings(_ database: Database, _ sql: String) throws -> [String] {
        let query = try database.statement(sql)
        var found: [String] = []
        while try query.step() { found.append(query.text(0)) }
        return found
    }
}

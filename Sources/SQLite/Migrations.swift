/// A named step of a schema. Steps are appended, never edited: a file in the field has run the old text.
package struct Migration: Sendable {
    package let name: String
    package let sql: String

    package init(_ name: String, sql: String) {
        self.name = name
        self.sql = sql
    }
}

package enum MigrationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file's schema has more steps than this program knows.
    case newerProgram(path: String, version: Int64, known: Int)
    /// The file is a SQLite database of something else.
    case foreignFile(path: String)

    package var description: String {
        switch self {
        case .newerProgram(let path, let version, let known):
            "\(path) was written by a newer version of Sluice (schema \(version), this program knows \(known)); "
                + "use that version, or name another queue with --queue"
        case .foreignFile(let path):
            "\(path) is a SQLite database, but not a Sluice queue; name another file with --queue"
        }
    }
}

extension Database {
    /// Brings the file to the newest step of `migrations`, each step in a transaction of its own.
    ///
    /// The file carries `applicationID` in its header and the count of its steps as `user_version`. A file of a newer
    /// program, or of another one, is refused and left as it is.
    package func migrate(_ migrations: [Migration], applicationID: Int32) throws {
        try checkOwner(migrations, applicationID: applicationID)
        guard try integer("PRAGMA user_version") ?? 0 < migrations.count else { return }
        while true {
            let finished = try transaction {
                // Read again under the lock: another process may have taken the step in the meantime.
                let next = Int(try integer("PRAGMA user_version") ?? 0)
                guard next < migrations.count else { return true }
                try execute(migrations[next].sql)
                try execute("PRAGMA application_id = \(applicationID)")
                try execute("PRAGMA user_version = \(next + 1)")
                return false
            }
            if finished { return }
        }
    }

    /// Refuses a file that is not this program's, or that a newer one has written.
    package func checkOwner(_ migrations: [Migration], applicationID: Int32) throws {
        // All seen at one moment: another process may be making the file at this very time.
        let (version, owner, isEmpty) = try readTransaction {
            (
                try integer("PRAGMA user_version") ?? 0, try integer("PRAGMA application_id") ?? 0,
                try integer("SELECT count(*) FROM sqlite_schema") == 0
            )
        }
        guard isEmpty || owner == Int64(applicationID) else { throw MigrationError.foreignFile(path: path) }
        guard version <= migrations.count else {
            throw MigrationError.newerProgram(path: path, version: version, known: migrations.count)
        }
    }
}

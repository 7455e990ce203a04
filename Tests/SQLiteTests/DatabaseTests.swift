import Testing

@testable import SQLite

@Suite struct DatabaseTests {
    private func memory() throws -> Database {
        let database = try Database(path: ":memory:", mode: .readWrite)
        try database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, data BLOB) STRICT")
        return database
    }

    @Test func bindsAndReadsEveryKind() throws {
        let database = try memory()
        let insert = try database.statement("INSERT INTO t (id, name, data) VALUES (?1, ?2, ?3)")
        try insert.bind(1, Int64.max)
        try insert.bind(2, "naïve — \u{1F600}")
        try insert.bind(3, blob: [0, 255, 1])
        try insert.run()
        let query = try database.statement("SELECT id, name, data, NULL FROM t")
        #expect(try query.step())
        #expect(query.integer(0) == .max)
        #expect(query.text(1) == "naïve — \u{1F600}")
        #expect(query.bytes(2) == [0, 255, 1])
        #expect(query.optionalInteger(3) == nil)
        #expect(query.optionalText(3) == nil)
        #expect(try !query.step())
    }

    @Test func emptyValuesAreNotNull() throws {
        let database = try memory()
        let insert = try database.statement("INSERT INTO t (id, name, data) VALUES (1, ?1, ?2)")
        try insert.bind(1, "")
        try insert.withBorrowed(2, [], asText: false) { try insert.run() }
        #expect(try database.integer("SELECT name IS NOT NULL AND data IS NOT NULL FROM t") == 1)
        let query = try database.statement("SELECT name, data, 0, NULL FROM t")
        #expect(try query.step())
        #expect(query.optionalText(0) == "")
        #expect(query.optionalBytes(1) == [])
        #expect(query.holds(0, []) && query.holds(1, []) && !query.holds(0, [1]) && !query.holds(3, []))
        var bytes: [UInt8] = [7]
        #expect(
            query.appendBytes(0, to: &bytes) && !query.appendBytes(3, to: &bytes) && query.appendBytes(2, to: &bytes))
        #expect(bytes == [7, UInt8(ascii: "0")])
        #expect(query.optionalInteger(2) == 0)
        #expect(query.optionalText(3) == nil)
        #expect(query.optionalBytes(3) == nil)
        #expect(query.holds(2, Array("0".utf8)) && !query.holds(2, Array("1".utf8)))
        #expect(query.optionalInteger(3) == nil)
    }

    @Test func lentBytesAreLetGo() throws {
        let database = try memory()
        let insert = try database.statement("INSERT INTO t (name) VALUES (?1)")
        try insert.withBorrowed(1, Array("abc".utf8), asText: true) { try insert.run() }
        try insert.run()
        #expect(try database.integer("SELECT count(*) FROM t WHERE name IS NULL") == 1)
    }

    @Test func severalLentValuesAreLetGo() throws {
        let database = try memory()
        let insert = try database.statement("INSERT INTO t (name, data) VALUES (?1, ?2), (?3, ?4)")
        let values = [
            Statement.Lent(1, Array("abc".utf8), asText: true), Statement.Lent(2, [0xFF, 0], asText: false),
            Statement.Lent(4, [], asText: false),
        ]
        try insert.withBorrowed(values) { try insert.run() }
        #expect(
            try database.integer(
                "SELECT count(*) FROM t WHERE name = 'abc' AND data = x'FF00' OR name IS NULL AND data = x''") == 2)
        try insert.withBorrowed([]) { try insert.run() }
        #expect(try database.integer("SELECT count(*) FROM t WHERE name IS NULL AND data IS NULL") == 2)
        // A fault lets go as well.
        #expect(throws: SQLiteError.self) {
            try insert.withBorrowed([.init(9, [1], asText: false)]) { try insert.run() }
        }
        try insert.run()
        #expect(try database.integer("SELECT count(*) FROM t WHERE name IS NULL AND data IS NULL") == 4)
    }

    @Test func textsOfOneLengthAreToldApart() throws {
        let database = try memory()
        let (one, two) = (try database.statement("SELECT 1"), try database.statement("SELECT 2"))
        #expect(one !== two)
        #expect(try database.statement("SELECT \(1)") === one)
        #expect(try two.step() && two.integer(0) == 2)
        two.reset()
    }

    @Test func aFailedTransactionLeavesNothing() throws {
        struct Stop: Error {}
        let database = try memory()
        #expect(throws: Stop.self) {
            try database.transaction {
                try database.execute("INSERT INTO t (id) VALUES (1)")
                throw Stop()
            }
        }
        #expect(try database.integer("SELECT count(*) FROM t") == 0)
        // The connection is as good as before.
        try database.transaction { try database.execute("INSERT INTO t (id) VALUES (1)") }
        #expect(try database.integer("SELECT count(*) FROM t") == 1)
    }

    @Test func anErrorSaysWhatAndWhere() throws {
        let database = try memory()
        let error = #expect(throws: SQLiteError.self) { try database.execute("INSERT INTO nowhere VALUES (1)") }
        #expect(error?.description == "INSERT INTO nowhere VALUES: no such table: nowhere (SQLite code 1)")
    }

    @Test func aStatementIsGoodAgainAfterAnError() throws {
        let database = try memory()
        let insert = try database.statement("INSERT INTO t (id) VALUES (?1)")
        try insert.bind(1, 1)
        try insert.run()
        #expect(throws: SQLiteError.self) { try insert.run() }
        try insert.bind(1, 2)
        try insert.run()
        #expect(try database.integer("SELECT count(*) FROM t") == 2)
    }
}

@Suite struct MigrationTests {
    private let steps = [
        Migration("first", sql: "CREATE TABLE a (x INTEGER) STRICT"),
        Migration("second", sql: "ALTER TABLE a ADD COLUMN y INTEGER"),
    ]

    @Test func takesOnlyTheStepsThatAreMissing() throws {
        let database = try Database(path: ":memory:", mode: .readWrite)
        try database.migrate([steps[0]], applicationID: 7)
        try database.execute("INSERT INTO a VALUES (1)")
        try database.migrate(steps, applicationID: 7)
        try database.migrate(steps, applicationID: 7)
        #expect(try database.integer("SELECT x + coalesce(y, 10) FROM a") == 11)
    }

    @Test func refusesANewerFileAndLeavesIt() throws {
        let database = try Database(path: ":memory:", mode: .readWrite)
        try database.migrate(steps, applicationID: 7)
        #expect(throws: MigrationError.newerProgram(path: ":memory:", version: 2, known: 1)) {
            try database.migrate([steps[0]], applicationID: 7)
        }
        #expect(try database.integer("PRAGMA user_version") == 2)
    }

    @Test func refusesAnothersFile() throws {
        let database = try Database(path: ":memory:", mode: .readWrite)
        try database.execute("CREATE TABLE theirs (x)")
        #expect(throws: MigrationError.foreignFile(path: ":memory:")) {
            try database.migrate(steps, applicationID: 7)
        }
    }

    @Test func aStepThatFailsLeavesTheFileAtTheOneBefore() throws {
        let database = try Database(path: ":memory:", mode: .readWrite)
        let broken = [steps[0], Migration("broken", sql: "CREATE TABLE b (x); CREATE TABLE a (x)")]
        #expect(throws: SQLiteError.self) { try database.migrate(broken, applicationID: 7) }
        #expect(try database.integer("PRAGMA user_version") == 1)
        #expect(try database.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'b'") == 0)
    }
}

import SQLite

/// Writes the states of new requests, many by one statement: they are so small that most of their time would go into
/// beginning and ending statements.
final class PlanStates {
    private static let rowsPerStatement = 64
    /// FAIL, as a fault takes back the whole transaction anyway: to take back one statement of many rows, SQLite would copy
    /// the pages that it changes.
    private static let columns =
        "INSERT OR FAIL INTO states (request_id, run_id, seq, line, priority) VALUES "

    private struct State {
        var request: Int64
        var position: Int
        var line: Int
        var priority: Int
    }

    private let run: Int64
    private let many: Statement
    private let one: Statement
    private var waiting: [State] = []

    init(_ database: Database, run: Int64) throws {
        self.run = run
        let row = "(?, ?, ?, ?, ?)"
        let rows = Array(repeating: row, count: Self.rowsPerStatement)
        many = try database.ownStatement(Self.columns + rows.joined(separator: ", "))
        one = try database.ownStatement(Self.columns + row)
    }

    func add(request: Int64, position: Int, line: Int, priority: Int) throws {
        waiting.append(State(request: request, position: position, line: line, priority: priority))
        guard waiting.count == Self.rowsPerStatement else { return }
        try write(waiting[...], by: many)
        waiting.removeAll(keepingCapacity: true)
    }

    /// To be called before the transaction ends, and before anybody looks for a state.
    func writeAll() throws {
        for index in waiting.indices { try write(waiting[index...index], by: one) }
        waiting.removeAll(keepingCapacity: true)
    }

    /// Forgets what belongs to a transaction that was rolled back.
    func removeAll() { waiting.removeAll() }

    private func write(_ states: ArraySlice<State>, by insert: Statement) throws {
        var parameter: Int32 = 0
        func bind(_ value: Int64) throws {
            parameter += 1
            try insert.bind(parameter, value)
        }
        for state in states {
            try bind(state.request)
            try bind(run)
            try bind(Int64(state.position))
            try bind(Int64(state.line))
            try bind(Int64(state.priority))
        }
        try insert.run()
    }
}

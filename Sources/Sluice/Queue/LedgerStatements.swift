import SQLite

/// Moves attempts from what is in flight to the ledger. Kept from one visit to the next with its statements, whose bindings
/// nobody else changes.
final class LedgerStatements {
    let run: Int64
    private var attempts: AttemptInsertion
    private let forget: Statement
    private var states: StateSettlement
    /// By the sizes of `RowGroups`.
    private let results: [Statement]

    init(_ database: Database, run: Int64) throws {
        self.run = run
        attempts = try AttemptInsertion(database, run: run)
        forget = try database.statement("DELETE FROM claims WHERE id BETWEEN ?1 AND ?2")
        states = try StateSettlement(database)
        results = try RowGroups.sizes.map { rows in
            try database.ownStatement(
                """
                INSERT OR REPLACE INTO results (request_id, attempt_id, answer)
                VALUES \(RowGroups.values(rows: rows, columns: 3))
                """)
        }
    }

    /// Ends the attempts, and settles the requests that are settled by them.
    ///
    /// In the order in which they were claimed, which is that of the tables: rows are appended, and neighbours are forgotten
    /// and settled together.
    ///
    /// - Parameter endpoint: whom they were sent to, where a record does not say.
    func end(_ records: [AttemptRecord], endpoint: String) throws {
        let order = records.indices.sorted { records[$0].attemptID < records[$1].attemptID }
        var ended = Neighbours()
        for index in order {
            if let range = ended.add(records[index].attemptID) { try forget(range) }
        }
        if let range = ended.end() { try forget(range) }
        try attempts.write(records, in: order, endpoint: endpoint)
        let settled = order.filter { records[$0].isSettled }
        try keepAnswers(records, in: settled)
        try states.settle(records, in: settled)
    }

    private func forget(_ attempts: ClosedRange<Int64>) throws {
        try forget.bind(1, attempts.lowerBound)
        try forget.bind(2, attempts.upperBound)
        try forget.run()
    }

    private func keepAnswers(_ records: [AttemptRecord], in order: [Int]) throws {
        try RowGroups.each(of: order.count) { size, places in
            let insert = results[size]
            var answers: [Statement.Lent] = []
            answers.reserveCapacity(places.count)
            var parameter: Int32 = 1
            for index in order[places] {
                try insert.bind(parameter, records[index].requestID)
                try insert.bind(parameter + 1, records[index].attemptID)
                if case .settled(_, let answer?) = records[index].disposition {
                    answers.append(.init(answer: answer, at: parameter + 2))
                }
                parameter += 3
            }
            try insert.withBorrowed(answers) { try insert.run() }
        }
    }
}

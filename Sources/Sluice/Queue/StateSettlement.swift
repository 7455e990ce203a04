import SQLite

/// Writes into the states of requests what they were settled as.
struct StateSettlement {
    private struct Settlement: Equatable {
        var resultClass: ResultClass
        var at: Int64
    }

    private var update: RepeatedBindings

    init(_ database: Database) throws {
        // FAIL, as in `RowGroups`.
        let statement = try database.ownStatement(
            """
            UPDATE OR FAIL states SET class = ?3, settled_at = ?4, attempts = attempts + 1
            WHERE request_id BETWEEN ?1 AND ?2
            """)
        update = RepeatedBindings(statement, rows: 1, parametersPerRow: 4)
    }

    /// - Parameter order: places in `records` of those that settle their request, in the order of the requests.
    mutating func settle(_ records: [AttemptRecord], in order: [Int]) throws {
        var settled = Neighbours()
        var common: Settlement?
        for index in order {
            guard case .settled(let resultClass, _) = records[index].disposition else { continue }
            let settlement = Settlement(resultClass: resultClass, at: records[index].endedAt.milliseconds)
            if let before = common, before != settlement, let range = settled.end() { try settle(range, before) }
            if let range = settled.add(records[index].requestID), let before = common { try settle(range, before) }
            common = settlement
        }
        if let range = settled.end(), let common { try settle(range, common) }
    }

    private mutating func settle(_ requests: ClosedRange<Int64>, _ settlement: Settlement) throws {
        try update.bind(1, requests.lowerBound)
        try update.bind(2, requests.upperBound)
        try update.bind(3, settlement.resultClass.rawValue)
        try update.bind(4, settlement.at)
        try update.statement.run()
    }
}

import JSON
import SQLite

extension Queue {
    /// - Parameter endpoint: where there is but one.
    func record(_ records: [AttemptRecord], run: Int64, endpoint: String, into part: inout RunTotals) throws {
        guard !records.isEmpty else { return }
        try ledger(of: run).end(records, endpoint: endpoint)
        for record in records {
            record.count(into: &part)
            guard case .again(let notBefore) = record.disposition else { continue }
            try wait(record, notBefore)
            if let amendment = record.amendment { try amend(record.requestID, amendment) }
        }
    }

    private func wait(_ record: AttemptRecord, _ notBefore: Timestamp) throws {
        // Each bound has a count of its own; a request that never left, or met a stopped endpoint, is as it was.
        let counter: String? =
            switch record.ending {
            case .throttled: "throttles"
            case .invalid: "invalids"
            case .truncated: "grown"
            case .unsent, .stopped: nil
            case .ok, .refused, .filtered, .failed, .retried, .unknown: "attempts"
            }
        let count = counter.map { ", \($0) = \($0) + 1" } ?? ""
        let wait = try database.statement("UPDATE states SET not_before = ?2\(count) WHERE request_id = ?1")
        try wait.bind(1, record.requestID)
        try wait.bind(2, notBefore.milliseconds)
        try wait.run()
    }

    private func amend(_ request: Int64, _ amendment: Amendment) throws {
        let keep = try database.statement(
            "INSERT OR REPLACE INTO amendments (request_id, output_limit, turns) VALUES (?1, ?2, ?3)")
        try keep.bind(1, request)
        try keep.bind(2, amendment.outputLimit)
        if let turns = amendment.turns {
            try keep.withBorrowed(3, turns, asText: true) { try keep.run() }
        } else {
            try keep.bindNull(3)
            try keep.run()
        }
    }
}

import SQLite

extension Queue {
    /// Bytes of the file that hold something, as SQLite counts its pages.
    package func usedBytes() throws -> Int {
        let pages = try database.integer("PRAGMA page_count").map { Int($0) } ?? 0
        return try (pages - freePages()) * database.pageBytes()
    }

    /// Bytes of the file that are free for later rows.
    package func freeBytes() throws -> Int {
        try freePages() * database.pageBytes()
    }

    private func freePages() throws -> Int { try database.integer("PRAGMA freelist_count").map { Int($0) } ?? 0 }

    /// Every run with its share of the file, oldest first.
    ///
    /// The lengths of all rows would take a reading of the whole file. So each run is weighed by a sample of its rows,
    /// and the bytes in use are shared out by weight: exact in sum, close for each.
    package func holdings() throws -> [RunHolding] {
        try database.readTransaction {
            let runs = try runs()
            let used = try usedBytes()
            let kept = try keptAnswers()
            let weights = try runs.map { try weight(of: $0) + kept[$0.id, default: 0] }
            let half = try halfPrunedRuns().map { try weight(of: $0) + kept[$0.id, default: 0] }
            let sum = (weights + half).reduce(0, +)
            var holdings: [RunHolding] = []
            for (run, weight) in zip(runs, weights) {
                var report = try reportNow(on: run)
                report.bytes = sum > 0 ? Int(Double(used) * weight / sum) : 0
                holdings.append(
                    RunHolding(
                        report: report, requests: try requestCount(of: run), retired: try retiredCount(of: run),
                        touchedAt: try touched(run)))
            }
            return holdings
        }
    }

    /// Rows that are looked at for a run's weight, spread evenly over its plan.
    private static let sampleSize = 128

    /// Bytes of one row of each table beside its texts, with its share of the indexes.
    private static let requestOverhead = 160.0
    private static let attemptOverhead = 220.0

    private func weight(of run: RunRecord) throws -> Double {
        let requests = Double(try requestCount(of: run))
        guard requests > 0 else { return 0 }
        let sample = try database.statement(
            """
            SELECT length(CAST(r.body AS BLOB)) + length(r.custom_id) + coalesce(length(CAST(x.answer AS BLOB)), 0)
              + coalesce(length(CAST(i.columns AS BLOB)), 0)
            FROM states s JOIN requests r ON r.id = s.request_id
            LEFT JOIN results x ON x.request_id = s.request_id LEFT JOIN inputs i ON i.request_id = s.request_id
            WHERE s.run_id = ?1 AND s.seq >= ?2 ORDER BY s.seq LIMIT 1
            """)
        let count = min(Self.sampleSize, max(run.rows, 1))
        var sampled = 0.0
        var bytes = 0.0
        for index in 0..<count {
            try sample.bind(1, run.id)
            try sample.bind(2, run.rows * index / count)
            if try sample.step() {
                sampled += 1
                bytes += Double(sample.integer(0))
            }
            sample.reset()
        }
        guard sampled > 0 else { return 0 }
        let attempts = Double(try totals(run: run.id).attempts)
        return requests * (bytes / sampled + Self.requestOverhead) + attempts * Self.attemptOverhead
    }

    /// Bytes of the answers that attempts keep beside the results, by run, by a sample over the whole ledger.
    private func keptAnswers() throws -> [Int64: Double] {
        guard let last = try database.integer("SELECT max(id) FROM attempts") else { return [:] }
        let sample = try database.statement(
            "SELECT run_id, length(CAST(answer AS BLOB)) FROM attempts WHERE id >= ?1 ORDER BY id LIMIT 1")
        let count = min(Int64(Self.sampleSize * 4), last)
        var kept: [Int64: Double] = [:]
        for index in 0..<count {
            // In floating point: the product may pass the largest integer.
            try sample.bind(1, Int64(Double(last) * Double(index) / Double(count)))
            if try sample.step() {
                kept[sample.integer(0), default: 0] += Double(sample.integer(1)) * Double(last) / Double(count)
            }
            sample.reset()
        }
        return kept
    }

    private func requestCount(of run: RunRecord) throws -> Int {
        try number("SELECT count(*) FROM states WHERE run_id = ?1", run)
    }

    private func retiredCount(of run: RunRecord) throws -> Int {
        // Only a second plan can have retired anything.
        guard run.revision > 1 else { return 0 }
        return try number("SELECT count(*) FROM states WHERE run_id = ?1 AND retired <= ?2", run, run.revision)
    }

    private func touched(_ run: RunRecord) throws -> Timestamp {
        let newest = try number(
            "SELECT max(created_at, coalesce(planned_at, 0), coalesce(ended_at, 0)) FROM runs WHERE id = ?1", run)
        return Timestamp(milliseconds: Int64(newest))
    }

    private func number(_ sql: String, _ run: RunRecord, _ second: Int64? = nil) throws -> Int {
        let query = try database.statement(sql)
        try query.bind(1, run.id)
        if let second { try query.bind(2, second) }
        defer { query.reset() }
        return try query.step() ? Int(query.integer(0)) : 0
    }
}

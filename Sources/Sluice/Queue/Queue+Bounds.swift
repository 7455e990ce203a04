import SQLite

extension Queue {
    /// Adds to what a run waited for.
    func add(_ held: [Hold: Duration], to run: Int64) throws {
        guard !held.isEmpty else { return }
        let add = try database.statement(
            """
            INSERT INTO bounds (run_id, bound, ms) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET ms = ms + excluded.ms
            """)
        for (hold, time) in held {
            try add.bind(1, run)
            try add.bind(2, hold.rawValue)
            try add.bind(3, time.milliseconds)
            try add.run()
        }
    }

    /// What a run waited for, over all its sittings.
    package func held(run: Int64) throws -> HoldTimes {
        let query = try database.statement("SELECT bound, ms FROM bounds WHERE run_id = ?1")
        try query.bind(1, run)
        defer { query.reset() }
        var times: [Hold: Duration] = [:]
        while try query.step() {
            // Of a newer program there may be others.
            guard let hold = Hold(rawValue: query.text(0)) else { continue }
            times[hold] = .milliseconds(query.integer(1))
        }
        return HoldTimes(times: times)
    }
}

import Digest
import SQLite

extension Queue {
    /// What the plan in force was made from; nil where that is not known, or where files that rows name are part of it.
    func planIdentity(of run: RunRecord) throws -> PlanIdentity? {
        guard run.revision > 0, !run.isPlanning else { return nil }
        let query = try database.statement(
            """
            SELECT recipe, input, bytes FROM plans WHERE run_id = ?1 AND revision = ?2
              AND NOT EXISTS (SELECT 1 FROM attachments WHERE request_id >= ?3)
            """)
        try query.bind(1, run.id)
        try query.bind(2, run.revision)
        try query.bind(3, run.firstRequest ?? 0)
        defer { query.reset() }
        guard try query.step(), let recipe = query.withBytes(0, SHA256Digest.init(bytes:)),
            let input = query.withBytes(1, SHA256Digest.init(bytes:))
        else { return nil }
        return PlanIdentity(recipe: recipe, input: input, bytes: Int(query.integer(2)))
    }

    /// Notes what a plan was made from, in the transaction that puts it in force.
    func keep(_ identity: PlanIdentity?, run: Int64, revision: Int64) throws {
        guard let identity else {
            let forget = try database.statement("DELETE FROM plans WHERE run_id = ?1")
            try forget.bind(1, run)
            return try forget.run()
        }
        let keep = try database.statement(
            "INSERT OR REPLACE INTO plans (run_id, revision, recipe, input, bytes) VALUES (?1, ?2, ?3, ?4, ?5)")
        try keep.bind(1, run)
        try keep.bind(2, revision)
        try keep.bind(3, blob: identity.recipe.bytes)
        try keep.bind(4, blob: identity.input.bytes)
        try keep.bind(5, identity.bytes)
        try keep.run()
    }
}

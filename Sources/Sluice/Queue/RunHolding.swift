/// What the queue holds for a run.
package struct RunHolding: Sendable {
    /// With its share of the file, by a sample of its rows.
    package var report: RunReport
    /// All rows that are kept: those of the plan in force, and what earlier plans left behind.
    package var requests: Int
    /// Of these, rows that were changed or removed since.
    package var retired: Int
    /// When it was last planned or ended.
    package var touchedAt: Timestamp

    package var bytes: Int { report.bytes ?? 0 }
}

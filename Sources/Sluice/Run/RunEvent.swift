/// What a run tells on its way, for whoever shows it.
package enum RunEvent: Sendable {
    /// Rows read so far.
    case planning(rows: Int)
    /// An earlier sitting died with this many attempts in flight.
    case foundLostAttempts(Int)
    case planned(RunRecord, PlanDifference, PlanForecast?)
    /// Another run of the job is newer, and has nothing left to send.
    case newerRun(Int64)
    /// The results so far came from another endpoint.
    case answeredElsewhere(String)
    /// Requests are being sent; the monitor can be read until `sent`.
    case sending(RunMonitor)
    case sent
    case exported(Exporter.Summary, results: String, errors: String?)
}

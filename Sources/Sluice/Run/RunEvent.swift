/// What a run tells on its way, for whoever shows it.
package enum RunEvent: Sendable {
    /// Rows read so far.
    case planning(rows: Int)
    /// An earlier sitting died with this many attempts in flight.
    case foundLostAttempts(Int)
    case planned(RunRecord, PlanDifference)
    /// The results so far came from another endpoint.
    case answeredElsewhere(String)
    /// Requests are being sent; the monitor can be read until `sent`.
    case sending(RunMonitor)
    case sent
    case exported(Exporter.Summary, results: String, errors: String?)
}

/// How a job is to be run, beside what the job itself says.
package struct RunOptions: Sendable {
    package var queuePath = ".sluice/queue.db"
    package var durability = Queue.Durability.full
    /// Start another run of the job instead of going on with its newest.
    package var startsAnew = false
    /// The job's own file, which no results may replace.
    package var jobFile: String?
    /// Nobody chose the job's name: it was made from the input's.
    package var nameIsDerived = false
    /// How long requests in flight may take to land once a stop was asked for.
    package var grace: Duration = .seconds(30)

    package init() {}
}

/// What a run came to.
package struct RunResult: Sendable {
    package var report: RunReport
    /// Why the results could not be written, though they are safe in the queue.
    package var exportFailure: (any Error)?
    package var end: RunEnd
}

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

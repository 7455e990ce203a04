import Synchronization

/// What a run has done so far, for whoever shows it. Any thread may read; the dispatcher writes.
package final class RunMonitor: Sendable {
    package struct Snapshot: Sendable {
        /// Rows of the plan.
        package var rows = 0
        /// Counters of the run, earlier sittings included.
        package var totals = RunTotals()
        /// Rows settled in this sitting.
        package var settledNow = 0
        /// When the job wants to be done.
        package var finishBy: Timestamp?
        /// What holds the run back just now.
        package var hold: Hold?
        package var inFlight = 0
        package var mostInFlight = 0
        /// Troubles that the run waits out, in a sentence each.
        package var diskTrouble: String?
        package var endpointTrouble: String?
        /// Endpoints to which nothing more is sent.
        package var stops: [EndpointStop] = []

        package var trouble: String? { diskTrouble ?? endpointTrouble }

        /// - Parameter recorded: what a visit to the queue has made durable.
        mutating func add(_ recorded: RunTotals) {
            totals.add(recorded)
            settledNow += recorded.settled
        }
    }

    private let state: Mutex<Snapshot>

    package init(rows: Int, totals: RunTotals, finishBy: Timestamp? = nil) {
        state = Mutex(Snapshot(rows: rows, totals: totals, finishBy: finishBy))
    }

    package var snapshot: Snapshot { state.withLock { $0 } }

    func note(inFlight: Int) {
        update {
            $0.inFlight = inFlight
            $0.mostInFlight = max($0.mostInFlight, inFlight)
        }
    }

    func update(_ change: (inout Snapshot) -> Void) { state.withLock { change(&$0) } }
}

import SQLite

/// Owns the queue's writing connection while a run sends: claims many, records many, one transaction a visit.
///
/// Every call runs on an executor of its own and may block on the disk.
package actor Recorder {
    private let executor: any SerialExecutor
    private let queue: Queue
    private let run: RunRecord
    /// What claims are opened with.
    private let claimsEndpoint: String
    private let endpoint: String
    private let choice: RowChoice
    private let finishBy: Timestamp?
    private let timekeeper: any Timekeeper
    /// The newest request claimed in this sitting.
    private var cursor: ClaimCursor
    private var lastVisit: Timestamp

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - endpoint: the base URL of the endpoint, or of all.
    ///   - isChosenLater: there are several, and which of them an attempt goes to is told with its ending. Until then, and
    ///     for good where the process dies, the ledger names none: better that than a wrong one.
    ///   - choice: which requests to claim; those that `queue` has chosen, or all.
    ///   - finishBy: when the job wants to be done.
    package init(
        _ queue: sending Queue, run: RunRecord, endpoint: String, isChosenLater: Bool = false,
        choice: RowChoice = .all, finishBy: Timestamp? = nil, timekeeper: any Timekeeper,
        executor: any SerialExecutor = QueueExecutor()
    ) {
        self.executor = executor
        claimsEndpoint = isChosenLater ? "" : endpoint
        self.finishBy = finishBy
        self.queue = queue
        self.choice = choice
        self.run = run
        self.endpoint = endpoint
        self.timekeeper = timekeeper
        cursor = ClaimCursor(after: (run.firstRequest ?? 1) - 1)
        lastVisit = timekeeper.now()
    }

    package func begin() throws {
        lastVisit = timekeeper.now()
        try queue.markStarted(run, endpoint: endpoint, finishBy: finishBy, at: lastVisit)
    }

    /// Makes `records` durable and claims up to `limit` requests, whose attempts are durable too when it returns.
    ///
    /// It throws `SQLiteError` with nothing changed; the caller keeps its records and may come again.
    package func exchange(
        _ records: [AttemptRecord], claiming limit: Int, held: [Hold: Duration] = [:]
    ) throws -> Exchange {
        let start = timekeeper.now()
        var exchange = try queue.exchange(
            run: run.id, recording: records, claiming: limit, from: choice, cursor: &cursor,
            endpoint: claimsEndpoint, activeTime: start - lastVisit, held: held, now: start)
        // Whole milliseconds are what the queue keeps: the rest is carried over to the next visit.
        lastVisit = lastVisit + .milliseconds((start - lastVisit).milliseconds)
        exchange.duration = timekeeper.now() - start
        return exchange
    }

    package func finish(_ reason: String, held: [Hold: Duration] = [:]) throws {
        // Of a few rows only: the others are as they were.
        let isProbe = choice == .chosen && reason == RunEnd.complete.reason
        try queue.markEnded(run, reason: isProbe ? "probed" : reason, held: held, at: timekeeper.now())
    }
}

import SQLite

/// Runs a job: plans it, sends what has no result yet, exports what there is.
///
/// Called again for the same job it goes on where the newest run of that job stands.
package struct JobRunner {
    private let job: Job
    private let options: RunOptions
    private let timekeeper: any Timekeeper
    private let environment: (String) -> String?
    private let stops: StopRequests
    private let connect: (Job, APIKey?) throws -> EndpointConnection
    private let tell: (RunEvent) -> Void

    package init(
        _ job: Job, options: RunOptions = RunOptions(), stops: StopRequests = StopRequests(),
        timekeeper: any Timekeeper = SystemTimekeeper(), environment: @escaping (String) -> String?,
        connect: @escaping (Job, APIKey?) throws -> EndpointConnection = EndpointConnection.init(job:key:),
        tell: @escaping (RunEvent) -> Void = { _ in }
    ) {
        self.job = job
        self.options = options
        self.stops = stops
        self.timekeeper = timekeeper
        self.environment = environment
        self.connect = connect
        self.tell = tell
    }

    /// Compares the job with the queue and sends nothing, writes nothing.
    package func plan() throws -> (run: RunRecord?, difference: PlanDifference) {
        let queue: Queue
        do {
            queue = try Queue(reading: options.queuePath)
        } catch QueueError.noQueue {
            queue = try Queue(inMemory: ())
        }
        let run = options.startsAnew ? nil : try queue.latestRun(job: job.name)
        let writer = try PlanWriter(queue, run: run ?? Self.unborn(job), mode: .compare)
        try planner.plan(into: writer)
        return (run, try writer.compared())
    }

    package func run() async throws -> RunResult {
        let queue = try Queue(path: options.queuePath, durability: options.durability)
        let found = try latestOrNewRun(queue)
        let lock = try RunLock(queue: options.queuePath, run: found.id)
        let lost = try queue.endLostAttempts(run: found.id, now: timekeeper.now())
        if lost > 0 { tell(.foundLostAttempts(lost)) }
        let (run, difference) = try putPlanInForce(queue, found)
        tell(.planned(run, difference))
        var end = RunEnd.complete
        if difference.toSend > 0 { end = try await send(run, totals: try queue.totals(run: run.id)) }
        withExtendedLifetime(lock) {}
        return try conclude(run.id, end)
    }

    private var planner: Planner {
        Planner(job) { rows in
            if stops.isAsked { throw Planner.Failure.interrupted }
            tell(.planning(rows: rows))
        }
    }

    private func latestOrNewRun(_ queue: Queue) throws -> RunRecord {
        if !options.startsAnew, let run = try queue.latestRun(job: job.name) { return run }
        return try queue.createRun(
            job: job.name, input: job.input.displayName, endpoint: job.endpoint.baseURL.text, at: timekeeper.now())
    }

    private static func unborn(_ job: Job) -> RunRecord {
        RunRecord(
            id: 0, job: job.name, input: job.input.displayName, endpoint: job.endpoint.baseURL.text,
            createdAt: Timestamp(nanoseconds: 0), revision: 0, isPlanning: false, rows: 0)
    }

    private func putPlanInForce(_ queue: Queue, _ run: RunRecord) throws -> (RunRecord, PlanDifference) {
        let writer = try PlanWriter(queue, run: run, mode: .write)
        var planned = run
        // What is staged counts for nothing until the last transaction, which waits for the disk and all before it.
        try queue.deferringDurability {
            do {
                try planner.plan(into: writer)
                try writer.endStaging()
            } catch {
                try writer.abandon()
                throw error
            }
        } last: {
            planned = try writer.putInForce(at: timekeeper.now())
        }
        return (planned, writer.difference)
    }

    private func send(_ run: RunRecord, totals: RunTotals) async throws -> RunEnd {
        let key = try job.endpoint.key.map { try APIKey($0, environment: environment) }
        let connection = try connect(job, key)
        defer { connection.close() }
        let monitor = RunMonitor(rows: run.rows, totals: totals)
        // A connection of its own, which goes over to the recorder's thread.
        let queue = try Queue(path: options.queuePath, durability: options.durability)
        let recorder = Recorder(queue, run: run, endpoint: job.endpoint.baseURL.text, timekeeper: timekeeper)
        let dispatcher = Dispatcher(
            executor: connection.executor,
            admission: Admission(
                concurrency: job.limits.concurrency, requestsPerMinute: job.limits.requestsPerMinute,
                tokensPerMinute: job.limits.tokensPerMinute, now: timekeeper.now()),
            transport: connection.transport, recorder: recorder, timekeeper: timekeeper, monitor: monitor,
            settings: settings(key))
        tell(.sending(monitor))
        defer { tell(.sent) }
        let wishes = stops.wishes
        return try await withThrowingTaskGroup(of: RunEnd?.self) { group in
            group.addTask { try await dispatcher.run() }
            group.addTask {
                for await _ in wishes { await dispatcher.stop() }
                return nil
            }
            while let finished = try await group.next() {
                guard let finished else { continue }
                group.cancelAll()
                return finished
            }
            return .interrupted
        }
    }

    private func settings(_ key: APIKey?) -> Dispatcher.Settings {
        var settings = Dispatcher.Settings()
        settings.retry.maximumAttempts = job.retry.attempts
        settings.retry.base = job.retry.base
        settings.retry.cap = job.retry.cap
        settings.price = job.price
        settings.grace = options.grace
        settings.secrets = key.map { [Array($0.text.utf8)] } ?? []
        return settings
    }

    /// Reads the totals back from the file, and writes the results where the job wants them.
    private func conclude(_ runID: Int64, _ end: RunEnd) throws -> RunResult {
        let queue = try Queue(reading: options.queuePath)
        let run = try queue.run(named: String(runID))
        var report = try queue.report(on: run)
        report.isLive = false
        if let results = job.output.results {
            let summary = try Exporter(queue, run: run).export(
                format: job.output.format, parts: job.output.parts, to: results, errors: job.output.errors)
            tell(.exported(summary, results: results, errors: job.output.errors))
        }
        return RunResult(report: report, end: end)
    }
}

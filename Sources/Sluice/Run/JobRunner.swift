import SQLite

/// Runs a job: plans it, sends what has no result yet, exports what there is.
///
/// Called again for the same job it goes on with its newest run that has rows left, else with its newest.
package struct JobRunner {
    private let job: Job
    private let options: RunOptions
    private let timekeeper: any Timekeeper
    private let environment: (String) -> String?
    private let stops: StopRequests
    private let connect: (Job, [APIKey?]) throws -> EndpointConnection
    private let tell: (RunEvent) -> Void

    package init(
        _ job: Job, options: RunOptions = RunOptions(), stops: StopRequests = StopRequests(),
        timekeeper: any Timekeeper = SystemTimekeeper(), environment: @escaping (String) -> String?,
        connect: @escaping (Job, [APIKey?]) throws -> EndpointConnection = EndpointConnection.init(job:keys:),
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
        try checkOutput()
        let prices = try readPrices()
        let queue: Queue
        do {
            queue = try Queue(reading: options.queuePath)
        } catch QueueError.noQueue {
            queue = try Queue(inMemory: ())
        }
        let run = options.startsAnew ? nil : try queue.runToGoOnWith(job: job.name)
        if let run { try checkInput(of: run) }
        let writer = try PlanWriter(
            queue, run: run ?? Self.unborn(job), mode: .compare, reuse: try AnswerReuse(job))
        try planner.plan(into: writer)
        var difference = try writer.compared()
        try estimateCost(of: &difference, prices, queue)
        return (run, difference)
    }

    package func run() async throws -> RunResult {
        try checkOutput()
        let prices = try readPrices()
        let run = try latestOrNewRun()
        let lock = try RunLock(queue: options.queuePath, run: run.id)
        let keys: [APIKey?]?
        let plan: Plan
        do {
            // Before the planning, which may take minutes; a run that has all its results needs no key.
            keys = try isComplete(run) ? nil : readKeys()
            plan = try putPlanInForce(run, prices)
        } catch {
            if run.revision == 0 { try? Queue(path: options.queuePath).discardUnplanned(run) }
            throw error
        }
        tell(.planned(plan.run, plan.difference))
        if let newer = try Queue(reading: options.queuePath).latestRun(job: job.name), newer.id > run.id {
            tell(.newerRun(newer.id))
        }
        let foreign = job.foreignURLs(in: run.endpoint)
        if plan.difference.settled > 0, !foreign.isEmpty {
            tell(.answeredElsewhere(foreign.joined(separator: " and ")))
        }
        var end = RunEnd.complete
        var stops: [EndpointStop] = []
        if plan.difference.toSend > 0 { (end, stops) = try await send(plan, keys ?? readKeys(), prices) }
        var result = try close(run.id, end)
        result.stops = stops
        // From here on another process may run it: what is left to do only reads.
        _ = consume lock
        return export(result)
    }

    private func checkOutput() throws {
        var kept = [options.queuePath] + [options.jobFile].compactMap { $0 }
        for endpoint in job.endpoints {
            if case .file(let path) = endpoint.key { kept.append(path) }
            if case .file(let file) = job.price(of: endpoint) { kept.append(file.path) }
        }
        try OutputCheck.check(job.output, input: job.input, kept: kept)
    }

    private var planner: Planner {
        Planner(job) { rows in
            if stops.isAsked {
                stops.hear()
                throw Planner.Failure.interrupted
            }
            tell(.planning(rows: rows))
        }
    }

    /// The key of each endpoint; nil for one that wants none.
    private func readKeys() throws -> [APIKey?] {
        try job.endpoints.map { endpoint in try endpoint.key.map { try APIKey($0, environment: environment) } }
    }

    /// The price of each endpoint.
    private func readPrices() throws -> [Pricing?] {
        // Most have the same, and a price file is large.
        var known: [(source: PriceSource, pricing: Pricing)] = []
        return try job.endpoints.map { endpoint in
            guard let source = job.price(of: endpoint) else { return nil }
            if let found = known.first(where: { $0.source == source }) { return found.pricing }
            let pricing = try Pricing(source)
            known.append((source, pricing))
            return pricing
        }
    }

    private func isComplete(_ run: RunRecord) throws -> Bool {
        try run.rows > 0 && Queue(reading: options.queuePath).totals(run: run.id).settled == run.rows
    }

    private func latestOrNewRun() throws -> RunRecord {
        let queue = try Queue(path: options.queuePath, durability: options.durability)
        let run = try queue.findOrCreateRun(
            job: job.name, anew: options.startsAnew, input: job.input.displayName,
            endpoint: job.endpointURLs, at: timekeeper.now())
        try checkInput(of: run)
        return run
    }

    /// A run that was found by a name that nobody chose may be that of another file.
    private func checkInput(of run: RunRecord) throws {
        guard options.nameIsDerived, run.rows > 0, run.input != job.input.displayName else { return }
        throw QueueError.otherInput(run: run.id, job: run.job, input: run.input)
    }

    private static func unborn(_ job: Job) -> RunRecord {
        RunRecord(
            id: 0, job: job.name, input: job.input.displayName, endpoint: job.endpointURLs,
            createdAt: Timestamp(nanoseconds: 0), revision: 0, isPlanning: false, rows: 0)
    }

    private struct Plan {
        var run: RunRecord
        var difference: PlanDifference
        /// The run's counters before anything is sent.
        var totals: RunTotals
    }

    /// Plans over a connection of its own, whose memory is free again when the sending begins.
    private func putPlanInForce(_ run: RunRecord, _ prices: [Pricing?]) throws -> Plan {
        let queue = try Queue(path: options.queuePath, durability: options.durability)
        let lost = try queue.endLostAttempts(run: run.id, prices: prices, now: timekeeper.now())
        if lost > 0 { tell(.foundLostAttempts(lost)) }
        // Read again, now that no other process can change it.
        let run = try queue.run(named: String(run.id))
        if let plan = try planInForce(run, queue) { return plan }
        let writer = try PlanWriter(queue, run: run, mode: .write, reuse: try AnswerReuse(job))
        var planned = run
        var identity: PlanIdentity?
        // What is staged counts for nothing until the last transaction, which waits for the disk and all before it.
        try queue.deferringDurability {
            do {
                identity = try planner.plan(into: writer, identifies: true)
                try writer.endStaging()
            } catch {
                // What cannot be cleared away now, the next plan clears away; the first error is the one to tell.
                try? writer.abandon()
                throw error
            }
        } last: {
            planned = try writer.putInForce(
                at: timekeeper.now(), input: job.input.displayName, identity: identity)
        }
        var difference = writer.difference
        try estimateCost(of: &difference, prices, queue)
        return Plan(run: planned, difference: difference, totals: try queue.totals(run: run.id))
    }

    private func estimateCost(of difference: inout PlanDifference, _ prices: [Pricing?], _ queue: Queue) throws {
        difference.estimate.price(
            by: prices, rows: difference.toSend, answerTokens: try queue.answerTokens(job: job.name))
    }

    /// The plan in force, where input, job and program are as they were when it was made: nobody need read a million
    /// rows to find each of them in its place.
    private func planInForce(_ run: RunRecord, _ queue: Queue) throws -> Plan? {
        guard let known = try queue.planIdentity(of: run),
            try PlanIdentity.current(of: job, ifLike: known) != nil
        else { return nil }
        let totals = try queue.totals(run: run.id)
        var difference = PlanDifference()
        difference.reusable = run.rows
        difference.settled = totals.settled
        return Plan(run: run, difference: difference, totals: totals)
    }

    private func send(
        _ plan: Plan, _ keys: [APIKey?], _ prices: [Pricing?]
    ) async throws -> (RunEnd, [EndpointStop]) {
        let run = plan.run
        let connection = try connect(job, keys)
        defer { connection.close() }
        let finishBy = job.finishBy?.moment(from: timekeeper.now())
        let monitor = RunMonitor(rows: run.rows, totals: plan.totals, finishBy: finishBy)
        let queue = try Queue(path: options.queuePath, durability: options.durability)
        let served = Set(try queue.endpointTotals(run: run.id).filter { $0.counts[.ok] > 0 }.map(\.endpoint))
        let recorder = Recorder(
            queue, run: run, endpoint: job.endpointURLs, isChosenLater: job.endpoints.count > 1, finishBy: finishBy,
            timekeeper: timekeeper)
        let dispatcher = try Dispatcher(
            executor: connection.executor, endpoints: outlets(connection, prices, served: served), recorder: recorder,
            timekeeper: timekeeper, monitor: monitor, settings: settings(keys))
        tell(.sending(monitor))
        defer { tell(.sent) }
        let stops = stops
        let end = try await withThrowingTaskGroup(of: RunEnd?.self) { group in
            group.addTask { try await dispatcher.run() }
            group.addTask {
                for await _ in stops.wishes {
                    stops.hear()
                    await dispatcher.stop()
                }
                return nil
            }
            while let finished = try await group.next() {
                guard let finished else { continue }
                group.cancelAll()
                return finished
            }
            return .interrupted
        }
        return (end, monitor.snapshot.stops)
    }

    /// - Parameter served: those that have answered requests of the run before.
    private func outlets(
        _ connection: EndpointConnection, _ prices: [Pricing?], served: Set<String>
    ) throws -> [Dispatcher.Outlet] {
        let concurrency = try EndpointConnection.affordableConcurrency(of: job)
        let queue = try Queue(reading: options.queuePath)
        return try job.endpoints.indices.map { index in
            let endpoint = job.endpoints[index]
            let limits = job.limits(of: endpoint)
            let now = timekeeper.now()
            var control = EndpointControl(limits: EndpointLimits(limits, concurrency: concurrency[index]), now: now)
            if limits.requestsPerDay != nil || limits.tokensPerDay != nil {
                for use in try queue.useOfTheDay(endpoint: endpoint.label, now: now) {
                    control.count(requests: use.requests, tokens: use.tokens, at: use.begin)
                }
            }
            var outlet = Dispatcher.Outlet(
                label: endpoint.label, control: control, transport: connection.transports[index])
            outlet.weight = endpoint.weight
            outlet.models = endpoint.models
            outlet.price = prices[index]
            outlet.hasServed = served.contains(endpoint.label.description)
            return outlet
        }
    }

    /// Bytes from which on a key counts as a secret that an endpoint might repeat.
    private static let leastSecret = 12

    private func settings(_ keys: [APIKey?]) -> Dispatcher.Settings {
        var settings = Dispatcher.Settings()
        settings.retry.maximumAttempts = job.retry.attempts
        settings.retry.base = job.retry.base
        settings.retry.cap = job.retry.cap
        settings.truncation = job.onTruncation
        settings.expectation = job.expectation
        settings.grace = options.grace
        settings.patience = job.timeouts.unreachable
        settings.connectLimit = job.timeouts.connect
        // Local servers take any word for a key, and such a word stands in honest answers too.
        settings.secrets = keys.compactMap { $0.map { Array($0.text.utf8) } }.filter { $0.count >= Self.leastSecret }
            // Of two keys one may begin with the other.
            .sorted { $0.count > $1.count }
        return settings
    }

    /// Reads the totals back from the file, and sets them against what they count.
    private func close(_ runID: Int64, _ end: RunEnd) throws -> RunResult {
        let queue = try Queue(reading: options.queuePath)
        let run = try queue.run(named: String(runID))
        var report = try queue.report(on: run)
        report.isLive = false
        return RunResult(report: report, balance: try queue.closingBalance(of: run), end: end)
    }

    /// Writes the results where the job wants them.
    private func export(_ result: RunResult) -> RunResult {
        var result = result
        do {
            let queue = try Queue(reading: options.queuePath)
            try export(queue, result.report.run)
        } catch {
            result.exportFailure = error
        }
        return result
    }

    private func export(_ queue: Queue, _ run: RunRecord) throws {
        guard let results = job.output.results else { return }
        // From here on the exporter listens for wishes.
        stops.hear()
        let asked = stops.timesAsked
        let summary = try Exporter(queue, run: run).export(
            format: job.output.format, parts: job.output.parts, to: results, errors: job.output.errors
        ) {
            if stops.timesAsked > asked { throw ExportError.interrupted }
        }
        tell(.exported(summary, results: results, errors: job.output.errors))
    }
}

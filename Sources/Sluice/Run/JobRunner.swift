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
    package func plan() throws -> PlanResult {
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
        writer.budgetCheck = BudgetCheck(job.limits.budget, tariffs: tariffs(prices))
        try planner.plan(into: writer)
        var difference = try writer.compared()
        difference.estimate.price(by: prices, rows: difference.toSend)
        let sample = try queue.answerSample(job: job.name, pricing: onePrice(prices))
        return PlanResult(
            run: run, difference: difference, forecast: forecast(difference, sample),
            spending: try run.map { try queue.spending(of: $0) } ?? Spending())
    }

    /// Puts the plan in force and sends `count` of its rows, spread evenly over those without a result: what they took
    /// tells what the rest will take. Their results are kept as any others.
    package func probe(_ count: Int) async throws -> PlanResult {
        let (sitting, prices) = try await sit(sending: count)
        let queue = try Queue(reading: options.queuePath)
        let run = sitting.result.report.run
        var difference = sitting.plan.difference
        var probe: ProbeResult?
        if let rows = sitting.chosen {
            probe = ProbeResult(
                rows: rows, end: sitting.result.end, before: sitting.plan.totals, after: sitting.result.report.totals,
                balance: sitting.result.balance)
            difference.settled += probe?.settled ?? 0
        }
        difference.estimate = try queue.estimateUnsent(of: run).estimate
        difference.estimate.price(by: prices, rows: difference.toSend)
        let sample = try queue.answerSample(of: run, pricing: onePrice(prices), limit: max(4_000, count))
        return PlanResult(
            run: run, difference: difference, forecast: forecast(difference, sample),
            spending: try queue.spending(of: run), probe: probe)
    }

    /// The price that all endpoints have; nil where they differ, as rows do not say who will answer them.
    private func onePrice(_ prices: [Pricing?]) -> Pricing? {
        let sources = job.endpoints.map { job.price(of: $0) }
        return sources.allSatisfy { $0 == sources[0] } ? prices[0] : nil
    }

    private func tariffs(_ prices: [Pricing?]) -> [Tariff] {
        zip(job.endpoints, prices).map { Tariff($1, models: $0.models) }
    }

    private func forecast(_ difference: PlanDifference, _ sample: AnswerSample) -> PlanForecast? {
        guard difference.toSend > 0 else { return nil }
        return PlanForecast(
            sample, rows: difference.toSend, promptTokens: difference.estimate.promptTokens,
            pace: RunPace(job.endpoints.map { job.limits(of: $0) }), atMost: difference.estimate.cost?.atMost)
    }

    package func run() async throws -> RunResult { export(try await sit().sitting.result) }

    private struct Sitting {
        var plan: Plan
        var result: RunResult
        /// Rows that were chosen, where not all were to be sent.
        var chosen: Int?
    }

    /// Plans and sends.
    ///
    /// - Parameter count: only so many rows; nil for all.
    private func sit(sending count: Int? = nil) async throws -> (sitting: Sitting, prices: [Pricing?]) {
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
        tell(.planned(plan.run, plan.difference, plan.forecast))
        if let newer = try Queue(reading: options.queuePath).latestRun(job: job.name), newer.id > run.id {
            tell(.newerRun(newer.id))
        }
        let foreign = job.foreignURLs(in: run.endpoint)
        if plan.difference.settled > 0, !foreign.isEmpty {
            tell(.answeredElsewhere(foreign.joined(separator: " and ")))
        }
        var end = RunEnd.complete
        var stops: [EndpointStop] = []
        var chosen: Int?
        if plan.difference.toSend > 0 {
            (end, stops, chosen) = try await send(plan, keys ?? readKeys(), prices, count: count)
        }
        var result = try close(run.id, end)
        result.stops = stops
        // From here on another process may run it: what is left to do only reads.
        _ = consume lock
        return (Sitting(plan: plan, result: result, chosen: chosen), prices)
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
        var forecast: PlanForecast?
        /// The run's counters before anything is sent.
        var totals: RunTotals
    }

    /// Plans over a connection of its own, whose memory is free again when the sending begins.
    private func putPlanInForce(_ run: RunRecord, _ prices: [Pricing?]) throws -> Plan {
        let queue = try Queue(path: options.queuePath, durability: options.durability)
        let lost = try queue.endLostAttempts(run: run.id, tariffs: tariffs(prices), now: timekeeper.now())
        if lost > 0 { tell(.foundLostAttempts(lost)) }
        // Read again, now that no other process can change it.
        let run = try queue.run(named: String(run.id))
        if let plan = try planInForce(run, queue) { return plan }
        let writer = try PlanWriter(queue, run: run, mode: .write, reuse: try AnswerReuse(job))
        writer.budgetCheck = BudgetCheck(job.limits.budget, tariffs: tariffs(prices))
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
        difference.estimate.price(by: prices, rows: difference.toSend)
        let sample = try queue.answerSample(job: job.name, pricing: onePrice(prices))
        return Plan(
            run: planned, difference: difference, forecast: forecast(difference, sample),
            totals: try queue.totals(run: run.id))
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

    /// - Parameter count: of the rows to send; nil for all.
    /// - Returns: how it ended, which endpoints were stopped, and how many rows were chosen where not all were to be sent.
    private func send(
        _ plan: Plan, _ keys: [APIKey?], _ prices: [Pricing?], count: Int?
    ) async throws -> (RunEnd, [EndpointStop], chosen: Int?) {
        let run = plan.run
        let connection = try connect(job, keys)
        defer { connection.close() }
        let finishBy = job.finishBy?.moment(from: timekeeper.now())
        let monitor = RunMonitor(rows: run.rows, totals: plan.totals, finishBy: finishBy)
        let queue = try Queue(path: options.queuePath, durability: options.durability)
        let served = Set(try queue.endpointTotals(run: run.id).filter { $0.counts[.ok] > 0 }.map(\.endpoint))
        var settings = settings(keys)
        if !job.limits.budget.isEmpty {
            settings.budget = try Budget(job.limits.budget, queue.spending(of: run), run: run.id)
        }
        let chosen = try count.map { try queue.choose($0, of: run) }
        let recorder = Recorder(
            queue, run: run, endpoint: job.endpointURLs, isChosenLater: job.endpoints.count > 1,
            choice: chosen == nil ? .all : .chosen, finishBy: finishBy, timekeeper: timekeeper)
        let dispatcher = try Dispatcher(
            executor: connection.executor, endpoints: outlets(connection, prices, served: served), recorder: recorder,
            timekeeper: timekeeper, monitor: monitor, settings: settings)
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
        return (end, monitor.snapshot.stops, chosen)
    }

    /// - Parameter served: those that have answered requests of the run before.
    private func outlets(
        _ connection: EndpointConnection, _ prices: [Pricing?], served: Set<String>
    ) throws -> [Dispatcher.Outlet] {
        let concurrency = try EndpointConnection.affordableConcurrency(of: job)
        let queue = try Queue(reading: options.queuePath)
        return try job.endpoints.indices.map { index in
            let endpoint = job.endpoints[index]
            var limits = job.limits(of: endpoint)
            let now = timekeeper.now()
            limits.concurrency = concurrency[index]
            var control = EndpointControl(limits: limits, now: now)
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

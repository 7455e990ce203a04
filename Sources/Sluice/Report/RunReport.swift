/// Where a run stands, as totals and rates. A value: whoever prints it asks nothing else.
package struct RunReport: Sendable {
    package var run: RunRecord
    package var totals: RunTotals
    /// Attempts in flight, or left open by a process that died.
    package var inFlight: Int
    /// Whether a process is sending the run's requests now.
    package var isLive: Bool
    /// What it waited for, over all its sittings.
    package var held = HoldTimes()
    /// Whether it will be, or was, done by the time that its job asks for; nil where that asks for none.
    package private(set) var punctuality: Punctuality.Verdict?
    /// What each endpoint did, by name.
    package var endpoints: [EndpointTotals] = []
    /// The run's share of the queue's file; nil where nobody asked.
    package var bytes: Int?

    package init(
        run: RunRecord, totals: RunTotals, inFlight: Int, isLive: Bool, now: Timestamp = SystemTimekeeper().now()
    ) {
        self.run = run
        self.totals = totals
        self.inFlight = inFlight
        self.isLive = isLive
        punctuality = punctuality(now: now)
    }

    package var unsent: Int { max(0, run.rows - totals.settled) }

    package var isComplete: Bool { run.revision > 0 && unsent == 0 }

    /// Every row has an answer that is whole.
    package var isAllOK: Bool { isComplete && totals[.ok] == run.rows }

    package var state: String {
        if isLive { return "running" }
        if run.revision == 0 { return "not planned" }
        if isComplete { return "complete" }
        if run.startedAt == nil { return "planned" }
        return run.endReason ?? "interrupted"
    }

    private func punctuality(now: Timestamp) -> Punctuality.Verdict? {
        guard let deadline = run.finishBy.map(Punctuality.init) else { return nil }
        if isComplete, let end = run.endedAt { return deadline.verdict(of: end) }
        return deadline.expected(rowsLeft: unsent, rate: requestsPerSecond, now: now)
    }

    package var requestsPerSecond: Double? { perSecond(totals.settled - totals.reused) }

    package var tokensPerSecond: Double? { perSecond(totals.totalTokens) }

    private func perSecond(_ count: Int) -> Double? {
        let seconds = totals.activeTime.inSeconds
        return seconds > 0 && count > 0 ? Double(count) / seconds : nil
    }

    /// The classes in the order in which they are told, `unsent` last.
    package var classes: [(ResultClass, Int)] {
        let order: [ResultClass] = [.ok, .truncated, .refused, .filtered, .invalid, .failed, .skipped]
        return order.map { ($0, totals[$0]) } + [(.unsent, unsent)]
    }
}

extension Queue {
    /// All of it seen at one moment.
    package func report(on run: RunRecord) throws -> RunReport {
        try database.readTransaction { try reportNow(on: try self.run(id: run.id) ?? run) }
    }

    func reportNow(on run: RunRecord) throws -> RunReport {
        let open = try database.statement("SELECT count(*) FROM claims WHERE run_id = ?1")
        try open.bind(1, run.id)
        defer { open.reset() }
        let inFlight = try open.step() ? Int(open.integer(0)) : 0
        var report = RunReport(
            run: run, totals: try totals(run: run.id), inFlight: inFlight,
            isLive: RunLock.isHeld(queue: path, run: run.id))
        report.held = try held(run: run.id)
        report.endpoints = try endpointTotals(run: run.id)
        return report
    }
}

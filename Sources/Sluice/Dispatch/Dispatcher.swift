import DequeModule

/// Runs the requests of one plan: claims them from the queue, admits them one at a time, sends them, reads what comes
/// back and hands it to the recorder.
///
/// All its state is confined to the executor it is given, which for real runs is the transfer loop's own thread: a
/// request goes from admission to its record without a thread hop. Two tasks run inside `run()`: one that exchanges
/// records for claims, and one that admits and sends. What comes back is taken in by a call, not by a task.
package actor Dispatcher {
    private let executor: any SerialExecutor & TaskExecutor
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let settings: Settings
    private let outlets: [Outlet]
    private let recorder: Recorder
    private let timekeeper: any Timekeeper
    private let monitor: RunMonitor
    private let patience: QueuePatience
    private let judge: AttemptJudge
    private let outgoing: OutgoingBody

    private let traffic: EndpointTraffic
    /// Asked before the endpoints, and told of each request when its record is durable.
    private var budget: BudgetKeeper?
    /// Claimed, and so in the ledger, but not sent yet.
    private var ready = Deque<ReadyRequest>()
    private let buffer = RecordBuffer()
    /// Visits that have ended, and whose places the admitting task has yet to free.
    private var written: [RecordBuffer.Batch] = []

    private var nextDue: Timestamp?
    private var isExhausted = false
    private var visits = QueueVisits()

    private var end: RunEnd?
    private var giveUpAt: Timestamp?
    private var isGivenUp = false
    /// Admission is over and everything that was in flight has landed.
    private var isFinished = false
    /// The queue failed for good: there is nowhere to record to.
    private var isBroken = false
    /// A visit to the queue is under way; what it records may have to be waited for again.
    private var isVisiting = false
    /// What holds the run back, and since when.
    private var held: HoldTimes
    /// When the admitting task will be woken by the clock.
    private var alarm: Timestamp?

    /// Wakes the task that admits.
    private let admissionPulse = Pulse()
    /// Wakes the task that visits the queue.
    private let exchangePulse = Pulse()

    package init(
        executor: any SerialExecutor & TaskExecutor, endpoints: [Outlet], recorder: Recorder,
        timekeeper: any Timekeeper, monitor: RunMonitor, settings: Settings = Settings()
    ) throws {
        self.executor = executor
        outlets = endpoints
        traffic = EndpointTraffic(
            endpoints.map { outlet in
                let health = EndpointHealth(
                    patience: settings.patience, connectLimit: settings.connectLimit, hasServed: outlet.hasServed)
                return (outlet.label, outlet.weight, health, outlet.control)
            })
        self.recorder = recorder
        self.timekeeper = timekeeper
        self.monitor = monitor
        self.settings = settings
        held = HoldTimes(at: timekeeper.now())
        patience = QueuePatience(timekeeper: timekeeper, monitor: monitor)
        budget = settings.budget.map { budget in
            BudgetKeeper(budget, tariffs: endpoints.map { Tariff($0.price, models: $0.models) })
        }
        judge = try AttemptJudge(settings)
        outgoing = try OutgoingBody()
    }

    /// Sends until every request is settled or something ends the sitting. Everything that came back is durable when
    /// it returns.
    package func run() async throws -> RunEnd {
        try await whenWritable { try await self.recorder.begin() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: executor) { try await self.exchangeUntilFinished() }
            group.addTask(executorPreference: executor) { await self.admitUntilFinished() }
            try await group.waitForAll()
        }
        let end = end ?? .complete
        let held = held.take(at: timekeeper.now())
        try await whenWritable { try await self.recorder.finish(end.reason, held: held) }
        return end
    }

    /// Admits nothing more; what is in flight may land within the grace time. Asked a second time, it gives up what is
    /// in flight.
    package func stop() {
        if end == nil {
            finishEarly(.interrupted)
        } else {
            isGivenUp = true
            admissionPulse.signal()
        }
    }

    private func finishEarly(_ reason: RunEnd) {
        guard end == nil else { return }
        end = reason
        giveUpAt = timekeeper.now() + settings.grace
        admissionPulse.signal()
        exchangePulse.signal()
    }
}

// MARK: - Visiting the queue

extension Dispatcher {
    private func exchangeUntilFinished() async throws {
        while !isFinished || !buffer.isEmpty {
            if buffer.isEmpty, claimsWanted() == 0 {
                await exchangePulse.wait()
                continue
            }
            try await gather()
            let wanted = claimsWanted()
            let batch = buffer.take()
            isVisiting = true
            visits.begin(at: timekeeper.now())
            let held = held.takeNowAndThen(at: visits.newest)
            do {
                let exchange = try await whenWritable {
                    try await self.recorder.exchange(
                        batch.records, claiming: self.end == nil ? wanted : 0, held: held)
                }
                take(exchange, recorded: batch.records.count)
                monitor.update { $0.add(exchange.recorded) }
            } catch {
                isBroken = true
                isGivenUp = true
                written += [batch, buffer.take()]
                admissionPulse.signal()
                throw error
            }
            isVisiting = false
            written.append(batch)
            admissionPulse.signal()
        }
    }

    /// Lets more come in that shares the next visit: each makes the disk write.
    private func gather() async throws {
        guard end == nil else { return }
        if visits.answersAreSlow {
            // Until the newest visit is a little while ago; not while a place is free and no claim is ready to fill it.
            guard !ready.isEmpty || claimsWanted() == 0 else { return }
            try await timekeeper.sleep(until: visits.gathersUntil)
        } else {
            await gatherWhatIsThere()
        }
    }

    /// Where answers are fast the wait for the disk sets the pace: so nothing is waited for, but what has come in by now is
    /// taken in first, up to half of what is in flight. The other half keeps the endpoint busy during the visit.
    private func gatherWhatIsThere() async {
        var (count, quietLooks) = (0, 0)
        while end == nil, buffer.count * 2 < traffic.inFlight, quietLooks < 2 {
            // One look at the sockets, which takes in the answers that it finds.
            await Task.yield()
            quietLooks = buffer.count == count ? quietLooks + 1 : 0
            count = buffer.count
        }
    }

    private func whenWritable<R: Sendable>(_ write: () async throws -> R) async throws -> R {
        try await patience.whenWritable(isOver: { isGivenUp }, write)
    }

    private func claimsWanted() -> Int {
        guard end == nil else { return 0 }
        let now = timekeeper.now()
        if isExhausted, nextDue.map({ $0 > now }) ?? true { return 0 }
        let claimable = traffic.claimable(ahead: visits.ahead, within: visits.leadTime, now: now)
        return max(0, min(claimable, budget?.room ?? .max) - ready.count)
    }

    private func take(_ exchange: Exchange, recorded: Int) {
        visits.ended(after: exchange.duration, recorded: recorded, places: traffic.places)
        nextDue = exchange.nextDue
        isExhausted = isExhausted || exchange.isExhausted
        for claim in exchange.claims { ready.append(ReadyRequest(claim)) }
    }
}

// MARK: - Admitting

extension Dispatcher {
    private func admitUntilFinished() async {
        await withDiscardingTaskGroup { group in
            while true {
                while let batch = written.popLast() { end(batch) }
                if isGivenUp || giveUpAt.map({ $0 <= timekeeper.now() }) ?? false {
                    isGivenUp = true
                    group.cancelAll()
                    for outlet in outlets { outlet.transport.giveUp() }
                }
                if end != nil { releaseReady() }
                if isDone { break }
                if let time = admitReady(into: &group) { wake(at: time, in: &group) }
                noteHold()
                await admissionPulse.wait()
            }
            isFinished = true
            // An alarm may be left, and nobody needs it any more.
            group.cancelAll()
        }
        exchangePulse.signal()
    }

    /// The records are durable, or never will be: frees the places that were held for them.
    private func end(_ batch: RecordBuffer.Batch) {
        for (index, place) in batch.places.enumerated() {
            guard let place else { continue }
            traffic.end(place.pass)
            if let reserved = place.reserved { budget?.settle(reserved, batch.records[index]) }
        }
        buffer.ended(batch)
        let inFlight = traffic.inFlight
        monitor.update { $0.inFlight = inFlight }
    }

    private var isDone: Bool {
        guard traffic.inFlight == 0 else { return false }
        if isBroken { return true }
        guard ready.isEmpty, buffer.isEmpty, !isVisiting else { return false }
        return end != nil || (isExhausted && nextDue == nil)
    }

    /// Lets leave what may leave now.
    ///
    /// - Returns: when to look again, where time alone will change something.
    private func admitReady(into group: inout DiscardingTaskGroup) -> Timestamp? {
        let now = timekeeper.now()
        var earliest: Timestamp?
        var next = ready.startIndex
        defer { monitor.note(inFlight: traffic.inFlight) }
        scan: while !isBroken, end == nil, next < ready.endIndex {
            let request = ready[next]
            switch budget?.decide(request.claim) {
            case .admit, nil: break
            case .wait: break scan
            case .stop(let stop):
                // A row that may not leave yet, and would fit, comes first.
                guard next == ready.startIndex || !stop.isSpent else { break scan }
                finishEarly(.budget(stop))
                break scan
            }
            switch traffic.choose(request.claim, now: now) {
            case .endpoint(let endpoint):
                ready.remove(at: next)
                let place = Place(
                    pass: traffic.admit(request.claim, to: endpoint, now: now),
                    reserved: budget?.admit(request.claim))
                send(Assignment(request: request, place: place), in: &group)
                continue scan
            case .wait(let time): earliest = min(earliest ?? time, time)
            case .full: break
            case .none: break scan
            }
            // Where one that may go anywhere has to wait, so have those behind it; one that may not, lets them pass.
            guard traffic.isParticular(request.claim) else { break }
            next += 1
        }
        if end == nil, let day = endOfUsedDay(waiting: earliest, now) {
            // One that lands looks again by itself.
            guard traffic.inFlight == 0 else { return nil }
            finishEarly(.dayIsUsed(until: day))
        }
        guard end == nil else { return giveUpAt }
        if next < ready.endIndex { return earliest }
        if claimsWanted() > 0 {
            exchangePulse.signal()
            return earliest
        }
        // A request that lands looks again by itself.
        guard let opening = traffic.opening(now: now) else { return earliest }
        // Claim shortly before the limits allow it. Requests that are due may still have to wait for that.
        let look = max(opening + (.zero - visits.leadTime), now + .milliseconds(1))
        let time = isExhausted ? nextDue.map { max($0, look) } : look
        return [time, earliest].compactMap { $0 }.min()
    }

    /// The longest that a run waits for what the limits allow: only those of a day make it longer.
    private static let longestWait = Duration.seconds(3600)

    /// When more may leave, where that is longer than a run waits.
    ///
    /// - Parameter earliest: when the first of the requests that are ready may leave.
    private func endOfUsedDay(waiting earliest: Timestamp?, _ now: Timestamp) -> Timestamp? {
        let isMore = !isExhausted || nextDue != nil
        let next = earliest ?? (ready.isEmpty && isMore ? traffic.opening(now: now) : nil)
        guard let next, next - now > Self.longestWait else { return nil }
        return next
    }

    /// Notes why not one more request leaves.
    private func noteHold() {
        let now = timekeeper.now()
        let hold = hold(now: now)
        guard hold != held.now else { return }
        held.note(hold, at: now)
        monitor.update { $0.hold = hold }
    }

    private func hold(now: Timestamp) -> Hold? {
        guard end == nil else { return nil }
        if isExhausted, ready.isEmpty {
            guard nextDue != nil else { return .lastAnswers }
            // Rows that found nobody there wait for the endpoint, whatever their own pause.
            return traffic.hold(now: now) == .endpoint ? .endpoint : .retries
        }
        if let request = ready.first, case .wait = budget?.decide(request.claim) { return .budget }
        guard let hold = traffic.hold(now: now) else {
            // Something could leave, and has not been read yet.
            return ready.isEmpty ? .disk : nil
        }
        // Places whose answers wait for the disk are held by that.
        return hold == .concurrency && buffer.pending * 2 > traffic.inFlight ? .disk : hold
    }

    private func wake(at time: Timestamp, in group: inout DiscardingTaskGroup) {
        // Tasks of a cancelled group end at once: an alarm among them would ring without pause.
        if isGivenUp { return }
        if let alarm, alarm <= time { return }
        alarm = time
        group.addTask(executorPreference: executor) { await self.ring(at: time) }
    }

    private func ring(at time: Timestamp) async {
        try? await timekeeper.sleep(until: time)
        if alarm == time { alarm = nil }
        admissionPulse.signal()
    }

    /// Hands back what was claimed and not sent.
    private func releaseReady() {
        let now = timekeeper.now()
        while let request = ready.popFirst() {
            buffer.add(
                AttemptRecord(
                    claim: request.claim, sentAt: nil, endedAt: now, ending: .unsent, disposition: .released),
                holding: nil)
        }
        if !buffer.isEmpty { exchangePulse.signal() }
    }
}

// MARK: - Sending

extension Dispatcher {
    /// What takes in files waits for them in a task of its own; all others leave at once.
    private func send(_ assignment: Assignment, in group: inout DiscardingTaskGroup) {
        let models = outlets[assignment.place.pass.endpoint].models
        if let body = outgoing.bodyWithoutFiles(of: assignment.request.claim, models: models) {
            send(body, assignment)
        } else {
            // Without the preference a task begins and ends on the shared thread pool: two hops.
            group.addTask(executorPreference: executor) { await self.sendWithFiles(assignment) }
        }
    }

    private func sendWithFiles(_ assignment: Assignment) async {
        let (claim, pass) = (assignment.request.claim, assignment.place.pass)
        do {
            send(try await outgoing.body(of: claim, models: outlets[pass.endpoint].models), assignment)
        } catch {
            traffic.forgot(pass, now: timekeeper.now())
            end(assignment, judge.unsendable(claim, error, at: timekeeper.now()))
        }
    }

    private func send(_ outgoing: OutgoingBody.Outgoing, _ assignment: Assignment) {
        let start = timekeeper.now()
        let askedModel = outgoing.askedModel
        outlets[assignment.place.pass.endpoint].transport.send(outgoing.body, to: assignment.request.claim.url) {
            reply in
            self.assumeIsolated { $0.landed(assignment, reply, askedModel: askedModel, leftAt: start) }
        }
    }

    private func landed(_ assignment: Assignment, _ reply: TransportReply, askedModel: String?, leftAt start: Timestamp)
    {
        let pass = assignment.place.pass
        let now = timekeeper.now()
        visits.answered(after: now - start)
        var judgement = judge.judge(
            assignment.request.claim, reply, from: start, to: now, askedModel: askedModel,
            price: outlets[pass.endpoint].price)
        let isNews = traffic.landed(
            assignment.request.claim, pass, &judgement, headers: reply.limits(now: now), leftAt: start,
            attempts: settings.retry.maximumAttempts)
        if isNews { tellOfEndpoints(now) }
        end(assignment, judgement.record)
    }

    private func end(_ assignment: Assignment, _ record: AttemptRecord) {
        // The place stays taken until the record is durable: a crash never makes more requests be sent again than were
        // in flight, and a slow disk slows admission.
        buffer.add(record, holding: assignment.place)
        // With nowhere to record to, nothing is waited for.
        if isBroken {
            written.append(buffer.take())
            admissionPulse.signal()
            return
        }
        exchangePulse.signal()
        // A place that was found, rather than stated, is free at once.
        if traffic.isFreeWhenLanded(assignment.place.pass) { admissionPulse.signal() }
    }

    /// An endpoint has stopped, or begun or ceased to rest.
    private func tellOfEndpoints(_ now: Timestamp) {
        let (trouble, stops) = (traffic.trouble, traffic.stops)
        monitor.update {
            $0.endpointTrouble = trouble
            $0.stops = stops
        }
        if let end = traffic.end(now: now) { finishEarly(end) }
    }
}

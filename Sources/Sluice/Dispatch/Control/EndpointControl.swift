/// Decides whether a request may leave for one endpoint now: the user's limits, the provider's as its heads tell them,
/// a rate learned from what it turns away, and how many in flight it makes use of.
///
/// A pure value: it is told the time and what happened, and answers. Whoever sends carries out what it decides.
package struct EndpointControl: Sendable {
    package enum Decision: Equatable, Sendable {
        case admit
        /// Not before this time.
        case wait(until: Timestamp, Hold)
        /// As many are in flight as may be.
        case full(Hold)
    }

    package let limits: Limits
    /// Sent, and their record not durable yet.
    private(set) package var inFlight = 0
    /// Of these, those that the endpoint has not answered yet.
    private var inService = 0
    private var window: ConcurrencyWindow
    private var gate = EndpointGate()
    private var learned: LearnedRate
    private var stated: LimitSet
    private var dayRequests: DayAllowance?
    private var dayTokens: DayAllowance?
    private var lanes: [Lane] = []
    /// The lane of the newest request.
    private var lane = 0
    private var lastCut: Timestamp
    private var lastAnswer: Timestamp?
    /// Cuts in a row after which nothing was answered, and what held before the first.
    private var fruitless = 0
    private var before: (size: Double, curve: LearnedRate.Curve?, since: Timestamp)?

    package init(limits: Limits, now: Timestamp) {
        self.limits = limits
        stated = LimitSet(limits, now: now)
        learned = LearnedRate(now: now)
        dayRequests = limits.requestsPerDay.map { DayAllowance(limit: Double($0)) }
        dayTokens = limits.tokensPerDay.map { DayAllowance(limit: Double($0)) }
        lastCut = now
        lanes = [Lane(now: now)]
        // The pace that the user states guards a window that opens wider.
        let rate = stated.rate(lanes[0].typical)
        window = ConcurrencyWindow(
            limits.concurrency, initial: rate.map { Int(min(max($0 * 4, 1), 64)) } ?? 1, now: now)
    }

    /// How many requests may be in flight now.
    package var places: Int { window.places }

    /// How many more may leave, the rates aside.
    package var freePlaces: Int { max(0, min(places - taken, limits.concurrency.most - inFlight)) }

    /// A number that somebody states counts until the record is durable. One that is found counts what the endpoint works
    /// on: how long the disk takes says nothing of it, and with answers of a millisecond would be all that is found.
    private var taken: Int {
        switch limits.concurrency {
        case .fixed: inFlight
        case .automatic: inService
        }
    }

    /// Used by an earlier sitting, which counts for the day.
    package mutating func count(requests: Int, tokens: Int, at time: Timestamp) {
        dayRequests?.spend(Double(requests), at: time)
        dayTokens?.spend(Double(tokens), at: time)
    }

    package func decide(_ demand: RequestDemand, now: Timestamp) -> Decision {
        guard freePlaces > 0 else { return .full(window.hold) }
        let delay: Delay
        if lanes.indices.contains(demand.model) {
            delay = self.delay(lanes[demand.model].cost(demand), lanes[demand.model], now: now)
        } else {
            let fresh = Lane(now: now)
            delay = self.delay(fresh.cost(demand), fresh, now: now)
        }
        return delay.hold.map { .wait(until: delay.until, $0) } ?? .admit
    }

    private func delay(_ cost: Allotment, _ lane: Lane, now: Timestamp) -> Delay {
        var delay = Delay(now: now)
        if let (until, hold) = gate.opening(now: now) { delay.add(until, hold) }
        delay.add(learned.earliest(now: now), .throttled)
        stated.delay(&delay, for: cost, now: now)
        lane.limits.delay(&delay, for: cost, now: now)
        if let dayRequests { delay.add(dayRequests.earliest(for: 1, now: now), .requestsPerDay) }
        if let dayTokens { delay.add(dayTokens.earliest(for: cost.tokens, now: now), .tokensPerDay) }
        return delay
    }

    /// The request leaves.
    package mutating func admit(_ demand: RequestDemand, now: Timestamp) -> Reservation {
        while lanes.count <= demand.model { lanes.append(Lane(now: now)) }
        lane = demand.model
        inFlight += 1
        inService += 1
        if gate.passed(now: now) { window.reopen() }
        let cost = lanes[lane].cost(demand)
        let drawn = lanes[lane].admit(cost, demand, now: now)
        stated.spend(cost, now: now)
        let wasPaced = learned.left(now: now)
        dayRequests?.spend(1, at: now)
        dayTokens?.spend(cost.tokens, at: now)
        return Reservation(
            demand: demand, leftAt: now, cost: cost, admitted: lanes[lane].admitted, drawnAsUsed: drawn.asUsed,
            drawnAsAllowed: drawn.asAllowed, level: taken, wasFull: freePlaces == 0, wasPaced: wasPaced)
    }

    /// What came back is known, and perhaps not durable yet. Once for each reservation, on every path.
    package mutating func landed(_ reservation: Reservation, _ feedback: Feedback, now: Timestamp) {
        let model = reservation.demand.model
        if let headers = feedback.headers { lanes[model].compare(headers, of: reservation) }
        settle(reservation, feedback, now: now)
        // The head counts this request as the provider does: after the settling, which may only guess.
        if let headers = feedback.headers, !headers.isEmpty { lanes[model].take(headers, of: reservation, now: now) }
        switch feedback.kind {
        case .answered: answered(reservation, feedback, now: now)
        case .turnedAway(let pause): turnedAway(reservation, pause: pause, now: now)
        case .failed: window.failed(now: now)
        case .neverSent: learned.refused(leftAt: reservation.leftAt)
        }
        inService -= 1
    }

    /// The record is durable: the place is free.
    package mutating func end(_ reservation: Reservation) { inFlight -= 1 }

    private mutating func settle(_ reservation: Reservation, _ feedback: Feedback, now: Timestamp) {
        let reserved = reservation.cost
        var actual = reserved
        switch feedback.kind {
        case .neverSent: actual = Allotment()
        // It counts as a request for most providers, and has used no tokens.
        case .turnedAway, .failed(possiblyBilled: false): actual = Allotment(requests: 1)
        case .answered, .failed(possiblyBilled: true):
            guard let usage = feedback.usage else { return }
            actual = lanes[reservation.demand.model].actual(usage, of: reservation)
            lanes[reservation.demand.model].learn(usage, promptEstimate: reservation.demand.promptEstimate)
        }
        lanes[reservation.demand.model].settle(reserved: reserved, actual: actual)
        stated.settle(reserved: reserved, actual: actual)
        if actual.requests != reserved.requests { dayRequests?.spend(actual.requests - reserved.requests, at: now) }
        if actual.tokens != reserved.tokens { dayTokens?.spend(actual.tokens - reserved.tokens, at: now) }
    }

    // MARK: What it learns

    private mutating func answered(_ reservation: Reservation, _ feedback: Feedback, now: Timestamp) {
        lanes[reservation.demand.model].assumeCounting()
        lastAnswer = now
        if reservation.leftAt >= lastCut {
            fruitless = 0
            before = nil
        }
        if gate.answered(leftAt: reservation.leftAt) { window.reopen() }
        window.answered(
            leftAt: reservation.leftAt, tokens: feedback.usage?.completionTokens, level: reservation.level,
            wasFull: freePlaces == 0, now: now)
        // Known limits tell how many will be in flight; their pace guards a window that is opened for them at once.
        let typical = lanes[reservation.demand.model].typical
        let provided = lanes[reservation.demand.model].limits.rate(typical)
        if let rate = LimitSet.least(provided, stated.rate(typical)),
            let seconds = window.effort.meanSeconds
        {
            window.open(to: rate * seconds * 1.5 + 2)
        }
    }

    private mutating func turnedAway(_ reservation: Reservation, pause: Duration?, now: Timestamp) {
        learned.refused(leftAt: reservation.leftAt)
        let isNew = reservation.leftAt >= lastCut
        if isNew { fruitless += 1 }
        let isAway = fruitless > 1 && (lastAnswer == nil || isSilent(now: now))
        // A wait that the endpoint names holds for every request to it.
        if let pause { gate.close(until: now + pause, .throttled, needsTrial: isAway) }
        guard isNew else {
            learned.lowerFirst(now: now)
            return window.refusedToo(inFlight: inFlight, now: now)
        }
        lastCut = now
        if before == nil { before = (window.size, learned.curve, now) }
        guard !isAway else { return waitOut(pause: pause, now: now) }
        let isFirst = learned.rate == nil
        let isCapacity = window.refused(
            level: reservation.level, inFlight: inFlight, wasFull: reservation.wasFull, wasPaced: reservation.wasPaced,
            now: now)
        if isFirst || !isCapacity {
            learned.lower(now: now)
        } else {
            learned.ease(now: now)
        }
    }

    /// Nothing has been answered for longer than answers take: the endpoint is away, rather than that it asks for less.
    private func isSilent(now: Timestamp) -> Bool {
        let usual = window.effort.meanSeconds ?? 1
        return now - (lastAnswer ?? before?.since ?? now) > .seconds(max(2, usual * 2))
    }

    private mutating func waitOut(pause: Duration?, now: Timestamp) {
        if let before {
            window.restore(before.size)
            learned.restore(before.curve, now: now)
        }
        let since = before?.since ?? now
        if pause == nil {
            gate.close(until: now + Self.pause(awayFor: now - since), .throttled, needsTrial: true)
        }
    }

    /// How long an endpoint that is away is left alone: a little of the time that it has been away.
    package static func pause(awayFor time: Duration) -> Duration {
        min(max(.milliseconds(500), time / 50), .seconds(30))
    }

    /// The endpoint cannot be reached; nothing leaves before `time`, and one request first.
    package mutating func close(until time: Timestamp, _ hold: Hold = .endpoint) {
        gate.close(until: time, hold, needsTrial: true)
    }

    // MARK: Looking ahead

    /// What holds a typical request back; nil where it may leave.
    package func hold(now: Timestamp) -> Hold? {
        guard freePlaces > 0 else { return window.hold }
        return delay(lanes[lane].typical, lanes[lane], now: now).hold
    }

    /// When the limits allow a typical request again: `now`, or later.
    package func opening(now: Timestamp) -> Timestamp { delay(lanes[lane].typical, lanes[lane], now: now).until }

    /// How many requests could leave within `ahead` from now, the concurrency aside: as many as it makes sense to hold
    /// ready.
    package func admissible(within ahead: Duration, now: Timestamp) -> Int {
        if let (until, _) = gate.opening(now: now), until > now + ahead { return 0 }
        if gate.goesAlone(now: now) { return 1 }
        let typical = lanes[lane].typical
        var most = min(
            learned.available(within: ahead, now: now), stated.admissible(typical, within: ahead, now: now),
            lanes[lane].limits.admissible(typical, within: ahead, now: now))
        if let dayRequests { most = min(most, dayRequests.available(now: now)) }
        if let dayTokens { most = min(most, dayTokens.available(now: now) / typical.tokens) }
        return max(0, Int(min(most, Double(Int32.max)).rounded(.up)))
    }
}

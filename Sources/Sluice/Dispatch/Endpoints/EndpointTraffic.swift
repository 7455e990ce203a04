/// All of a job's endpoints as whoever sends sees them: what each of them allows, which of them serve, and what has become
/// of requests where. Time is passed in. An object, confined to the actor that owns it, as it is large and asked at every
/// request: Swift would copy it each time.
package final class EndpointTraffic {
    /// What a request holds while it is in flight.
    package struct Pass: Sendable {
        package let endpoint: Int
        let reservation: Reservation
    }

    // Unchecked: nothing that is called on either reaches back to this object.
    @exclusivity(unchecked) private var pool: EndpointPool
    @exclusivity(unchecked) private var controls: [EndpointControl]
    /// Of requests that wait for a further attempt; those of one endpoint have nowhere else to go.
    private var histories: [Int64: EndpointHistory] = [:]
    /// Providers count each model by itself: small numbers for their names.
    private var models: [String: Int] = [:]
    /// The newest request's, as most plans ask for one model alone.
    private var recentModel: (name: String, number: Int)?
    /// How many are told apart; all others count together.
    private static let mostModels = 64

    /// - Parameter endpoints: each with its weight beside the others and its own limits.
    package init(
        _ endpoints: [(label: EndpointLabel, weight: Double, health: EndpointHealth, control: EndpointControl)]
    ) {
        precondition(!endpoints.isEmpty)
        pool = EndpointPool(endpoints.map { ($0.label, $0.weight, $0.health) })
        controls = endpoints.map(\.control)
    }

    package var inFlight: Int { controls.reduce(0) { $0 + $1.inFlight } }

    /// The most that may ever be in flight.
    package var concurrency: Int { controls.reduce(0) { $0 + $1.limits.concurrency.most } }

    /// How many may be in flight now.
    package var places: Int { controls.reduce(0) { $0 + $1.places } }

    package var stops: [EndpointStop] { pool.stops }

    /// What is wrong with endpoints just now, in a sentence.
    package var trouble: String? { pool.trouble }

    /// Why nothing can be sent any more; nil while something can.
    package func end(now: Timestamp) -> RunEnd? { pool.end(now: now) }

    private var isAlone: Bool { controls.count == 1 }

    // MARK: Leaving

    package func choose(_ claim: Claim, now: Timestamp) -> EndpointPool.Choice {
        let demand = demand(claim)
        let history = histories.isEmpty ? EndpointHistory() : histories[claim.requestID] ?? EndpointHistory()
        return pool.choose(history: history, now: now) { endpoint in
            // Not by way of a variable, here and below: a control is large, and would be copied once more.
            let gate: EndpointPool.Gate =
                switch controls[endpoint].decide(demand, now: now) {
                case .admit: .open
                case .wait(let time, _): .opens(at: time)
                case .full: .full
                }
            return EndpointPool.Standing(
                inFlight: controls[endpoint].inFlight, places: controls[endpoint].places, gate: gate)
        }
    }

    /// Whether the request may stand back for others, as it waits for one endpoint and not for another.
    package func isParticular(_ claim: Claim) -> Bool { histories[claim.requestID] != nil }

    package func admit(_ claim: Claim, to endpoint: Int, now: Timestamp) -> Pass {
        pool.left(endpoint, now: now)
        if let model = claim.model, model != recentModel?.name {
            if models[model] == nil, models.count < Self.mostModels { models[model] = models.count }
            recentModel = (model, number(of: model))
        }
        return Pass(endpoint: endpoint, reservation: controls[endpoint].admit(demand(claim), now: now))
    }

    private func demand(_ claim: Claim) -> RequestDemand {
        RequestDemand(
            model: claim.model.map(number) ?? 0,
            promptEstimate: claim.promptEstimate, outputLimit: claim.allowedOutput)
    }

    private func number(of model: String) -> Int {
        if let recentModel, recentModel.name == model { return recentModel.number }
        return models[model] ?? min(models.count, Self.mostModels - 1)
    }

    /// How many requests to hold ready, those in flight aside: as many as could leave within `lead`, and `ahead` more for
    /// places that become free meanwhile.
    package func claimable(ahead: Int, within lead: Duration, now: Timestamp) -> Int {
        var (places, admissible, probes) = (0, 0, 0)
        for endpoint in controls.indices {
            switch pool.passage(endpoint, now: now) {
            case nil: break
            case .free:
                places += controls[endpoint].freePlaces
                admissible += controls[endpoint].admissible(within: lead, now: now)
            case .probe: probes += 1
            case .wait(let time): if time <= now + lead { probes += 1 }
            }
        }
        return max(0, min(places + ahead, admissible)) + probes
    }

    /// When the limits of an endpoint with a free place allow a typical request: `now`, or later. Nil where none has a
    /// place.
    package func opening(now: Timestamp) -> Timestamp? {
        controls.indices.compactMap { endpoint -> Timestamp? in
            guard let passage = pool.passage(endpoint, now: now), controls[endpoint].freePlaces > 0 else { return nil }
            let opening = controls[endpoint].opening(now: now)
            if case .wait(let time) = passage { return max(time, opening) }
            return opening
        }.min()
    }

    /// What holds a typical request back everywhere; nil where it may leave for some endpoint. Of several it is told of
    /// the one that serves and has the most places: what is lifted there helps most.
    package func hold(now: Timestamp) -> Hold? {
        var found: (hold: Hold, places: Int)?
        for endpoint in controls.indices {
            switch pool.passage(endpoint, now: now) {
            case nil: break
            case .wait, .probe: found = found ?? (.endpoint, 0)
            case .free:
                guard let hold = controls[endpoint].hold(now: now) else { return nil }
                if controls[endpoint].places >= found?.places ?? 0 { found = (hold, controls[endpoint].places) }
            }
        }
        return found?.hold
    }

    // MARK: Landing

    /// Tells the request's endpoint what came of it, and decides where the request goes on.
    ///
    /// - Parameters:
    ///   - judgement: its record may be changed: what one endpoint could not do, another may.
    ///   - headers: what the answer's head says of the endpoint's limits.
    ///   - attempts: how many a request may have.
    /// - Returns: whether something changed that is worth saying.
    func landed(
        _ claim: Claim, _ pass: Pass, _ judgement: inout AttemptJudge.Judgement, headers: RateLimitHeaders? = nil,
        leftAt start: Timestamp, attempts: Int
    ) -> Bool {
        let endpoint = pass.endpoint
        let now = judgement.record.endedAt
        if !isAlone { judgement.record.endpoint = pool.label(endpoint) }
        let change = judgement.sign.flatMap { pool.landed(endpoint, $0, leftAt: start, now: now) }
        if judgement.sign == nil { pool.forgot(endpoint) }
        var isStop = false
        controls[endpoint].landed(
            pass.reservation, Feedback(judgement, headers: headers), now: now)
        // What was held back by an outage is let go one after the other.
        if change == .servesAgain { controls[endpoint].close(until: now) }
        switch judgement.consequence {
        case .none, .answered, .turnedAway: break
        case .unreachable:
            // Nothing left, so it is no attempt.
            judgement.record.disposition = .again(notBefore: nextChance(now))
        case .stop(let end):
            pool.stop(endpoint, end)
            isStop = true
            if pool.hasLive { judgement.record.disposition = .again(notBefore: now) }
        }
        if !isAlone { remember(claim, endpoint, &judgement, attempts: attempts) }
        return change != nil || isStop
    }

    /// The request did not leave after all.
    package func forgot(_ pass: Pass, now: Timestamp) {
        pool.forgot(pass.endpoint)
        controls[pass.endpoint].landed(pass.reservation, Feedback(.neverSent), now: now)
    }

    /// Whether the place is free once the request has landed, and not only when its record is durable.
    package func isFreeWhenLanded(_ pass: Pass) -> Bool {
        switch controls[pass.endpoint].limits.concurrency {
        case .fixed: false
        case .automatic: true
        }
    }

    /// The record is durable: the place is free.
    package func end(_ pass: Pass) { controls[pass.endpoint].end(pass.reservation) }

    /// When a request that found no connection may try again.
    private func nextChance(_ now: Timestamp) -> Timestamp {
        var earliest: Timestamp?
        for endpoint in controls.indices {
            switch pool.passage(endpoint, now: now) {
            case nil: break
            case .free, .probe: if !isAlone { return now }
            case .wait(let time): earliest = min(earliest ?? time, time)
            }
        }
        return earliest ?? now + EndpointHealth.firstPause
    }

    private func remember(
        _ claim: Claim, _ endpoint: Int, _ judgement: inout AttemptJudge.Judgement, attempts: Int
    ) {
        var history = histories[claim.requestID] ?? EndpointHistory()
        if case .rejected(let status, _, _) = judgement.sign, !pool.health(endpoint).isProven || status == 404 {
            // It may be the endpoint that knows no such model or path, and not the request that is wrong.
            history.rejectedBy.insert(endpoint)
            if claim.attempts + 1 < attempts, pool.isWorthTryingElsewhere(history) {
                judgement.record.ending = .retried
                judgement.record.disposition = .again(notBefore: judgement.record.endedAt)
            }
        }
        switch judgement.record.disposition {
        case .settled, .released: histories[claim.requestID] = nil
        case .again:
            // A check that failed or a throttle is no reason to go elsewhere.
            if case .failed = judgement.sign { history.failedAt = endpoint }
            if case .unreachable = judgement.sign { history.failedAt = endpoint }
            histories[claim.requestID] = history == EndpointHistory() ? nil : history
        }
    }
}

extension Feedback {
    fileprivate init(_ judgement: borrowing AttemptJudge.Judgement, headers: RateLimitHeaders?) {
        let kind: Kind =
            switch judgement.consequence {
            // Turned down: that took no tokens, and its haste says nothing of how fast answers come.
            case .answered where judgement.record.status.map { $0 >= 300 } ?? false: .failed(possiblyBilled: false)
            case .answered: .answered
            case .turnedAway(let pause): .turnedAway(retryAfter: pause)
            case .unreachable: .neverSent
            // Overloaded, though it names no pause: less is asked of it, whatever becomes of the row.
            case .none where judgement.record.status == 503: .turnedAway(retryAfter: nil)
            case .none, .stop:
                judgement.record.sentAt == nil
                    ? .neverSent : .failed(possiblyBilled: judgement.record.possiblyBilled)
            }
        self.init(kind, usage: judgement.record.usage, headers: headers)
    }
}

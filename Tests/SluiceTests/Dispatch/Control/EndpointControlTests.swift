import Testing

@testable import Sluice

@Suite struct EndpointControlTests {
    private let start = Timestamp(milliseconds: 1_800_000_000_000)

    private func demand(prompt: Int = 100, output: Int? = nil, model: Int = 0) -> RequestDemand {
        RequestDemand(model: model, promptEstimate: prompt, outputLimit: output)
    }

    private func control(_ limits: Limits) -> EndpointControl { EndpointControl(limits: limits, now: start) }

    private func at(_ seconds: Double) -> Timestamp { start + .nanoseconds(Int64(seconds * 1e9)) }

    private static let usage = Usage(promptTokens: 100, completionTokens: 400, totalTokens: 500)

    /// Sends as fast as the control allows, each request ending after `latency`, and tells when each left.
    private func departures(
        _ control: inout EndpointControl, count: Int, latency: Duration, usage: Usage? = nil
    ) -> [Timestamp] {
        var now = start
        var departures: [Timestamp] = []
        var flying: [(end: Timestamp, reservation: Reservation)] = []
        while departures.count < count {
            while let first = flying.first, first.end <= now {
                control.landed(first.reservation, Feedback(.answered, usage: usage), now: now)
                control.end(first.reservation)
                flying.removeFirst()
            }
            switch control.decide(demand(), now: now) {
            case .admit:
                departures.append(now)
                flying.append((now + latency, control.admit(demand(), now: now)))
            case .wait(let time, _):
                #expect(time > now)
                now = min(time, flying.first?.end ?? time)
            case .full:
                now = flying[0].end
            }
        }
        return departures
    }

    /// The most that left in any stretch of `window`.
    private func most(_ departures: [Timestamp], in window: Duration) -> Int {
        var most = 0
        var first = 0
        for (index, time) in departures.enumerated() {
            while departures[first] + window <= time { first += 1 }
            most = max(most, index - first + 1)
        }
        return most
    }

    @Test(arguments: [1, 20, 60, 600, 6_000, 60_000])
    func requestsAMinuteAreNeverPassedAndNearlyReached(limit: Int) {
        var control = control(Limits(concurrency: .fixed(10_000), requestsPerMinute: limit))
        let count = max(limit * 2, 5)
        let departures = departures(&control, count: count, latency: .milliseconds(300))
        #expect(most(departures, in: .seconds(60)) <= limit)
        // No second sees more than its sixtieth.
        #expect(most(departures, in: .seconds(1)) <= max(1, limit / 60))
        let ideal = Double(count - 1) * 60 / Double(limit)
        #expect((departures[count - 1] - departures[0]).inSeconds <= ideal * 1.0132)
    }

    @Test func tokensAMinuteAreNeverPassedOnceTheAnswersAreKnown() {
        var control = control(Limits(concurrency: .fixed(1000), tokensPerMinute: 60_000))
        let departures = departures(&control, count: 600, latency: .seconds(1), usage: Self.usage)
        let steady = Array(departures.dropFirst(100))
        #expect(most(steady, in: .seconds(60)) * 500 <= 60_000 + 500)
        #expect((steady[steady.count - 1] - steady[0]).inSeconds <= Double(steady.count - 1) * 0.5 * 1.02)
    }

    static let bounds: [(Limits, Hold)] = [
        (Limits(concurrency: .fixed(9), requestsPerMinute: 60), .requestsPerMinute),
        (Limits(concurrency: .fixed(9), requestsPerDay: 1), .requestsPerDay),
        (Limits(concurrency: .fixed(9), tokensPerMinute: 600), .tokensPerMinute),
        (Limits(concurrency: .fixed(9), tokensPerDay: 700), .tokensPerDay),
        (Limits(concurrency: .fixed(9), inputTokensPerMinute: 100), .inputTokensPerMinute),
        (Limits(concurrency: .fixed(9), outputTokensPerMinute: 600), .outputTokensPerMinute),
    ]

    @Test(arguments: bounds)
    func eachLimitHoldsUnderItsOwnName(limits: Limits, bound: Hold) {
        var control = control(limits)
        _ = control.admit(demand(), now: start)
        guard case .wait(let time, let held) = control.decide(demand(), now: start) else {
            Issue.record("left at once")
            return
        }
        #expect(held == bound)
        #expect(control.decide(demand(), now: time) == .admit)
        if time > start + .milliseconds(2) {
            #expect(control.decide(demand(), now: time + .milliseconds(-1)) != .admit)
        }
    }

    @Test func aDaysLimitIsGivenBackWhenItIsADayOld() {
        var control = control(Limits(concurrency: .fixed(9), requestsPerDay: 100))
        control.count(requests: 99, tokens: 0, at: at(-3600))
        #expect(control.decide(demand(), now: start) == .admit)
        _ = control.admit(demand(), now: start)
        guard case .wait(let time, .requestsPerDay) = control.decide(demand(), now: start) else {
            Issue.record("the day's limit does not hold")
            return
        }
        #expect(time > at(23 * 3600 - 1))
        #expect(time <= at(24 * 3600))
    }

    @Test func aFixedConcurrencyIsThereFromTheStart() {
        var control = control(Limits(concurrency: .fixed(3)))
        for _ in 0..<3 {
            #expect(control.decide(demand(), now: start) == .admit)
            _ = control.admit(demand(), now: start)
        }
        #expect(control.decide(demand(), now: start) == .full(.concurrency))
    }

    @Test func anAutomaticOneWaitsForTheFirstAnswer() {
        var control = control(Limits(concurrency: .automatic(maximum: 100)))
        let first = control.admit(demand(), now: start)
        #expect(control.decide(demand(), now: at(10)) == .full(.server))
        control.landed(first, Feedback(.answered, usage: Self.usage), now: at(10))
        // Landed, but not durable yet.
        #expect(control.places == 2)
        #expect(control.inFlight == 1)
        control.end(first)
        #expect(control.inFlight == 0)
    }

    @Test func aNamedPauseHoldsEverybody() {
        var control = control(Limits(concurrency: .fixed(10)))
        let first = control.admit(demand(), now: start)
        control.landed(first, Feedback(.turnedAway(retryAfter: .seconds(20))), now: at(0.1))
        control.end(first)
        #expect(control.decide(demand(), now: at(1)) == .wait(until: at(20.1), .throttled))
        #expect(control.admissible(within: .seconds(1), now: at(1)) == 0)
        #expect(control.opening(now: at(1)) == at(20.1))
    }

    @Test func aVolleyOfRefusalsCutsOnce() {
        var control = control(Limits(concurrency: .fixed(64)))
        let flying = (0..<64).map { _ in control.admit(demand(), now: start) }
        for reservation in flying.prefix(4) {
            control.landed(reservation, Feedback(.turnedAway(retryAfter: nil)), now: at(0.1))
            control.end(reservation)
        }
        // What is left in flight is what was accepted.
        #expect(control.places == 60)
    }

    /// Every path settles: what did not use tokens leaves none behind.
    static let endings: [(Feedback, Double)] = [
        (Feedback(.neverSent), 0), (Feedback(.turnedAway(retryAfter: nil)), 0),
        (Feedback(.failed(possiblyBilled: false)), 0), (Feedback(.failed(possiblyBilled: true)), 612),
        (Feedback(.answered), 612), (Feedback(.answered, usage: usage), 500),
    ]

    @Test(arguments: endings)
    func tokensAreSettledOnEveryPath(feedback: Feedback, cost: Double) {
        let limits = Limits(concurrency: .fixed(9), tokensPerMinute: 61_200)
        var (used, unused) = (control(limits), control(limits))
        let reservation = used.admit(demand(), now: start)
        used.landed(reservation, feedback, now: start)
        used.end(reservation)
        // What a request of the whole minute has to wait longer for than it would have.
        let rate = 61_200 * (1 - LimitBucket.margin) / 60
        let large = demand(prompt: 61_000)
        guard case .wait(let after, _) = used.decide(large, now: start),
            case .wait(let before, _) = unused.decide(large, now: start)
        else {
            Issue.record("left without credit")
            return
        }
        #expect(abs((after - before).inSeconds * rate - cost) < 2 || feedback.usage != nil)
        #expect(used.inFlight == 0)
    }

    @Test func neverMoreIsReservedThanTheRequestAllowsItsAnswer() {
        var control = control(Limits(concurrency: .fixed(9), outputTokensPerMinute: 6000))
        // The first second's worth and a little: a request that may answer in 10 tokens needs no more.
        for _ in 0..<7 {
            #expect(control.decide(demand(output: 10), now: start) == .admit)
            _ = control.admit(demand(output: 10), now: start)
        }
        guard case .wait = control.decide(demand(output: 10), now: start) else {
            Issue.record("left without credit")
            return
        }
    }

    @Test func aLimitInAHeadPacesAtOnce() {
        var control = control(Limits(concurrency: .fixed(64)))
        let first = control.admit(demand(), now: start)
        var headers = RateLimitHeaders()
        headers.requests = .init(limit: 60, remaining: 59, reset: .seconds(1))
        control.landed(first, Feedback(.answered, usage: Self.usage, headers: headers), now: at(1))
        control.end(first)
        _ = control.admit(demand(), now: at(2.1))
        guard case .wait(let time, .requestsPerMinute) = control.decide(demand(), now: at(2.1)) else {
            Issue.record("not paced")
            return
        }
        #expect(time > at(3.1))
        #expect(time < at(3.2))
    }

    @Test func modelsHaveLimitsOfTheirOwn() {
        var control = control(Limits(concurrency: .fixed(64)))
        let first = control.admit(demand(), now: start)
        var headers = RateLimitHeaders()
        headers.requests = .init(limit: 60, remaining: 0, reset: .seconds(60))
        control.landed(first, Feedback(.answered, usage: Self.usage, headers: headers), now: at(1))
        #expect(control.decide(demand(), now: at(1)) != .admit)
        #expect(control.decide(demand(model: 1), now: at(1)) == .admit)
    }

    @Test func afterAnOutageOneGoesFirst() {
        var control = control(Limits(concurrency: .fixed(8)))
        control.close(until: at(2))
        #expect(control.decide(demand(), now: at(1)) == .wait(until: at(2), .endpoint))
        #expect(control.admissible(within: .seconds(2), now: at(1)) == 1)
        let trial = control.admit(demand(), now: at(2))
        #expect(control.decide(demand(), now: at(2)) == .wait(until: at(2.5), .endpoint))
        control.landed(trial, Feedback(.answered), now: at(2.2))
        control.end(trial)
        // Half of the window, and the rest with the answers.
        #expect(control.places == 4 || control.places == 5)
        #expect(control.decide(demand(), now: at(2.2)) == .admit)
    }

    @Test func aNonsensicalUsageIsWaitedForAndDoesNotTrap() {
        var control = control(Limits(concurrency: .fixed(10), tokensPerMinute: 60))
        let reservation = control.admit(demand(), now: start)
        let usage = Usage(promptTokens: .max, completionTokens: .max, totalTokens: 1_000_000_000_000_000)
        control.landed(reservation, Feedback(.answered, usage: usage), now: start)
        guard case .wait(let time, _) = control.decide(demand(), now: start) else {
            Issue.record("left without credit")
            return
        }
        #expect(time > start)
    }

    /// Saving up for a request that costs more than may be saved up goes on whoever looks meanwhile.
    @Test func lookingCostsNoCredit() {
        let control = control(Limits(concurrency: .fixed(10), tokensPerMinute: 6_000))
        let large = demand(prompt: 900, output: 100)
        guard case .wait(let due, _) = control.decide(large, now: start) else {
            Issue.record("left without credit")
            return
        }
        for millisecond in 0..<9_000 {
            let now = start + .milliseconds(millisecond)
            _ = control.admissible(within: .milliseconds(20), now: now)
            _ = control.opening(now: now)
            _ = control.decide(demand(), now: now)
        }
        #expect(control.decide(large, now: due) == .admit)
    }

    @Test func asManyAreHeldReadyAsMayLeaveSoon() {
        let paced = control(Limits(concurrency: .fixed(100), requestsPerMinute: 600))
        #expect(paced.admissible(within: .zero, now: start) == 1)
        #expect(paced.admissible(within: .seconds(1), now: start) == 11)
        #expect(control(Limits(concurrency: .fixed(100))).admissible(within: .zero, now: start) >= 100)
    }
}

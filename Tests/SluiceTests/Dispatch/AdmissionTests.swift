import Testing

@testable import Sluice

@Suite struct AdmissionTests {
    private let start = Timestamp(milliseconds: 1_000_000)

    private func claim(prompt: Int = 100, output: Int? = nil) -> Claim {
        Claim(
            requestID: 1, attemptID: 1, customID: "r", url: "/v1/chat/completions", body: [], attempts: 0, throttles: 0,
            promptEstimate: prompt, outputLimit: output)
    }

    /// Sends as fast as admission allows, each request ending after `latency`, and tells when each left.
    private func departures(
        _ admission: inout Admission, count: Int, latency: Duration, usage: (Int) -> Usage? = { _ in nil }
    ) -> [Timestamp] {
        var now = start
        var departures: [Timestamp] = []
        var flying: [(end: Timestamp, reservation: Admission.Reservation)] = []
        func land(until time: Timestamp) {
            while let first = flying.first, first.end <= time {
                admission.end(first.reservation, usage: usage(departures.count))
                flying.removeFirst()
            }
        }
        while departures.count < count {
            land(until: now)
            switch admission.decide(claim(), now: now) {
            case .admit:
                departures.append(now)
                flying.append((now + latency, admission.admit(claim(), now: now)))
            case .wait(let time):
                #expect(time > now)
                now = time
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

    @Test func concurrencyIsNeverPassed() {
        var admission = Admission(concurrency: 3, requestsPerMinute: nil, tokensPerMinute: nil, now: start)
        for _ in 0..<3 {
            #expect(admission.decide(claim(), now: start) == .admit)
            _ = admission.admit(claim(), now: start)
        }
        #expect(admission.decide(claim(), now: start) == .full)
        #expect(admission.inFlight == 3)
    }

    @Test(arguments: [1, 60, 600, 6_000, 60_000])
    func requestsAMinuteAreNeverPassedAndNearlyReached(limit: Int) {
        var admission = Admission(concurrency: 10_000, requestsPerMinute: limit, tokensPerMinute: nil, now: start)
        let count = max(limit * 3, 5)
        let departures = departures(&admission, count: count, latency: .milliseconds(300))
        let slack = max(1, Int((Double(limit) / 60 * 0.05).rounded(.up)))
        #expect(most(departures, in: .seconds(60)) <= limit)
        // A second sees no minute's burst.
        #expect(most(departures, in: .seconds(1)) <= limit / 60 + slack + 1)
        let ideal = Double(count - 1) * 60 / Double(limit)
        let taken = (departures[count - 1] - departures[0]).inSeconds
        #expect(taken <= ideal * 1.002)
    }

    @Test func aFirstRequestLeavesAtOnceUnderARequestLimit() {
        var admission = Admission(concurrency: 1, requestsPerMinute: 1, tokensPerMinute: nil, now: start)
        #expect(admission.decide(claim(), now: start) == .admit)
        _ = admission.admit(claim(), now: start)
    }

    @Test func tokensAMinuteAreNeverPassedOnceTheAnswersAreKnown() {
        var admission = Admission(concurrency: 1000, requestsPerMinute: nil, tokensPerMinute: 60_000, now: start)
        // Each answer uses exactly 500 tokens; the first guesses are wrong and are put right.
        let usage = Usage(promptTokens: 100, completionTokens: 400, totalTokens: 500)
        let departures = departures(&admission, count: 600, latency: .seconds(1), usage: { _ in usage })
        let steady = Array(departures.dropFirst(100))
        #expect(most(steady, in: .seconds(60)) * 500 <= 60_000 + 1500)
        let taken = (steady[steady.count - 1] - steady[0]).inSeconds
        #expect(abs(taken - Double(steady.count - 1) * 0.5) < 3)
    }

    @Test func aRequestLargerThanTheBurstWaitsUntilItIsSavedUp() {
        let admission = Admission(concurrency: 10, requestsPerMinute: nil, tokensPerMinute: 6_000, now: start)
        let large = claim(prompt: 900, output: 100)
        guard case .wait(let time) = admission.decide(large, now: start) else {
            Issue.record("left without credit")
            return
        }
        #expect(abs((time - start).inSeconds - 10) < 0.01)
        #expect(admission.decide(large, now: time) == .admit)
    }

    @Test func beingTurnedAwayHalvesWhatMayFlyOnceForAllThatFlew() {
        var admission = Admission(concurrency: 64, requestsPerMinute: nil, tokensPerMinute: nil, now: start)
        for _ in 0..<64 { _ = admission.admit(claim(), now: start) }
        for _ in 0..<64 { admission.turnedAway(leftAt: start, now: start + .seconds(1)) }
        #expect(admission.places == 32)
        admission.turnedAway(leftAt: start + .seconds(2), now: start + .seconds(3))
        #expect(admission.places == 16)
        // A round of answers makes room for one more.
        for _ in 0..<17 { admission.answered() }
        #expect(admission.places == 17)
        for _ in 0..<10_000 { admission.answered() }
        #expect(admission.places == 64)
    }

    @Test func oneMayAlwaysFly() {
        var admission = Admission(concurrency: 4, requestsPerMinute: nil, tokensPerMinute: nil, now: start)
        for second in 0..<100 {
            admission.turnedAway(leftAt: start + .seconds(second), now: start + .seconds(second))
        }
        #expect(admission.places == 1)
        #expect(admission.decide(claim(), now: start) == .admit)
    }

    /// Saving up for a request that costs more than a second's tokens goes on whoever looks meanwhile.
    @Test func lookingCostsNoCredit() {
        var admission = Admission(concurrency: 10, requestsPerMinute: nil, tokensPerMinute: 6_000, now: start)
        let large = claim(prompt: 900, output: 100)
        for millisecond in 0..<9_999 {
            let now = start + .milliseconds(millisecond)
            _ = admission.admissible(within: .milliseconds(20), now: now)
            _ = admission.opening(now: now)
            _ = admission.decide(claim(), now: now)
        }
        let due = start + .seconds(10) + .milliseconds(1)
        #expect(admission.decide(large, now: due) == .admit)
        _ = admission.admit(large, now: due)
    }

    @Test func aNonsensicalCostIsWaitedForAndDoesNotTrap() {
        var admission = Admission(concurrency: 10, requestsPerMinute: nil, tokensPerMinute: 60, now: start)
        let reservation = admission.admit(claim(), now: start)
        admission.end(reservation, usage: Usage(totalTokens: 1_000_000_000_000_000))
        guard case .wait(let time) = admission.decide(claim(), now: start) else {
            Issue.record("left without credit")
            return
        }
        #expect(time > start)
    }

    @Test func aClosedGateHoldsEverybody() {
        var admission = Admission(concurrency: 10, requestsPerMinute: nil, tokensPerMinute: nil, now: start)
        admission.close(until: start + .seconds(20))
        admission.close(until: start + .seconds(5))
        #expect(admission.decide(claim(), now: start) == .wait(until: start + .seconds(20)))
        #expect(admission.admissible(within: .seconds(1), now: start) == 0)
        #expect(admission.decide(claim(), now: start + .seconds(20)) == .admit)
    }

    @Test func asManyAreHeldReadyAsMayLeaveSoon() {
        let admission = Admission(concurrency: 100, requestsPerMinute: 600, tokensPerMinute: nil, now: start)
        #expect(admission.admissible(within: .zero, now: start) == 1)
        #expect(admission.admissible(within: .seconds(1), now: start) == 11)
        let free = Admission(concurrency: 100, requestsPerMinute: nil, tokensPerMinute: nil, now: start)
        #expect(free.admissible(within: .zero, now: start) >= 100)
    }
}

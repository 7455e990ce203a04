import Testing

@testable import Sluice

@Suite struct EndpointHealthTests {
    private let start = Timestamp(milliseconds: 1_800_000_000_000)

    private func health() -> EndpointHealth { EndpointHealth(patience: .seconds(30), connectLimit: .seconds(10)) }

    private func after(_ seconds: Double) -> Timestamp { start + .seconds(seconds) }

    /// Ten failures, one a second from 1 on.
    private func failing() -> EndpointHealth {
        var health = health()
        _ = health.landed(.answered, leftAt: start, now: start)
        for second in 1...10 {
            _ = health.landed(.failed(words: "HTTP 500"), leftAt: after(Double(second)), now: after(Double(second)))
        }
        return health
    }

    @Test func failuresInARowPutItToRest() {
        var health = health()
        for number in 1...9 {
            let change = health.landed(.failed(words: "a"), leftAt: start, now: after(Double(number)))
            #expect(change == nil)
            #expect(health.passage(now: after(Double(number))) == .free)
        }
        let change = health.landed(.failed(words: "HTTP 502"), leftAt: start, now: after(10))
        #expect(change == .rests(words: "HTTP 502"))
        #expect(health.isResting)
        #expect(!health.isUnreachable)
        #expect(health.passage(now: after(10)) == .wait(until: after(10.5)))
        #expect(health.passage(now: after(10.5)) == .probe)
    }

    @Test(arguments: [EndpointSign.answered, .throttled, .rejected(status: 400, code: nil, words: "a")])
    func anAnswerOfAnyKindBeginsTheRowAnew(sign: EndpointSign) {
        var health = health()
        for round in 0..<5 {
            for _ in 0..<8 { _ = health.landed(.failed(words: "a"), leftAt: start, now: after(Double(round))) }
            for _ in 0..<2 { _ = health.landed(sign, leftAt: start, now: after(Double(round))) }
            #expect(!health.isResting)
        }
    }

    @Test func whereNearlyAllFailsItRests() {
        var health = health()
        // Never ten in a row, and nine in ten.
        for number in 0..<200 where !health.isResting {
            let sign: EndpointSign = number % 10 == 9 ? .answered : .failed(words: "a")
            _ = health.landed(sign, leftAt: start, now: after(Double(number)))
        }
        #expect(health.isResting)
    }

    @Test func whereHalfFailsItGoesOn() {
        var health = health()
        for number in 0..<1000 {
            let sign: EndpointSign = number % 2 == 0 ? .answered : .failed(words: "a")
            _ = health.landed(sign, leftAt: after(Double(number)), now: after(Double(number)))
            #expect(health.passage(now: after(Double(number))) == .free)
        }
        #expect(health.failureShare == 0.5)
    }

    @Test func oneProbeAtATimeLeavesAndItsAnswerEndsTheRest() {
        var health = failing()
        health.left(now: after(10.5))
        #expect(health.passage(now: after(10.6)) == .wait(until: after(20.5)))
        let change = health.landed(.answered, leftAt: after(10.5), now: after(12))
        #expect(change == .servesAgain)
        #expect(health.passage(now: after(12)) == .free)
        #expect(!health.isResting)
        #expect(health.failureShare == 0)
    }

    @Test func aProbeThatHangsDoesNotHoldUpTheNext() {
        var health = failing()
        health.left(now: after(10.5))
        #expect(health.passage(now: after(20.5)) == .probe)
        health.left(now: after(20.5))
        _ = health.landed(.answered, leftAt: after(20.5), now: after(21))
        #expect(health.passage(now: after(21)) == .free)
        // The first comes back in the end, and is no news.
        let change = health.landed(.failed(words: "timeout"), leftAt: after(10.5), now: after(400))
        #expect(change == nil)
        #expect(health.passage(now: after(400)) == .free)
    }

    /// What an outage costs beyond itself, where a probe takes no time: how long it goes on to rest.
    @Test(arguments: [(1.0, 0.5), (10, 0.5), (60, 2), (120, 4), (600, 19), (3000, 30)])
    func anOutageCostsAThirtiethMoreThanItself(seconds: Double, most: Double) {
        var health = health()
        _ = health.landed(.answered, leftAt: start, now: start)
        var now = after(1)
        var probes = 0
        _ = health.landed(.unreachable(words: "refused"), leftAt: now, now: now)
        while health.isResting {
            switch health.passage(now: now) {
            case .wait(let time): now = time
            case .free, .probe:
                health.left(now: now)
                probes += 1
                let sign: EndpointSign = now < after(1 + seconds) ? .unreachable(words: "refused") : .answered
                _ = health.landed(sign, leftAt: now, now: now)
            }
        }
        let cost = now - after(1 + seconds)
        #expect(cost >= .zero)
        #expect(cost <= .seconds(most))
        #expect(probes < 260)
    }

    @Test func oneThatNeverAnsweredIsGivenUpSoon() {
        var health = health()
        _ = health.landed(.unreachable(words: "a"), leftAt: start, now: start)
        #expect(!health.isGivenUp(now: after(29)))
        #expect(health.isGivenUp(now: after(30)))
        _ = health.landed(.answered, leftAt: after(31), now: after(31))
        #expect(!health.isGivenUp(now: after(31)))
    }

    @Test func oneThatAnsweredIsWaitedForThroughALongOutage() {
        for sign in [EndpointSign.answered, .throttled, .failed(words: "loading")] {
            var health = health()
            _ = health.landed(sign, leftAt: start, now: start)
            _ = health.landed(.unreachable(words: "a"), leftAt: after(1), now: after(1))
            #expect(!health.isGivenUp(now: after(3600)))
            #expect(health.isGivenUp(now: after(3601)))
        }
    }

    @Test func requestsThatLeftTogetherCountOnce() {
        var health = health()
        for number in 0..<100 {
            let change = health.landed(.unreachable(words: "a"), leftAt: start, now: after(Double(number) / 1000))
            #expect((change == nil) == (number > 0))
        }
        #expect(health.passage(now: after(0.5)) == .probe)
    }

    @Test func oneLostConnectionAmongAnswersChangesNothing() {
        var health = health()
        _ = health.landed(.answered, leftAt: after(1), now: after(2))
        // It waited ten seconds for a connection; others were answered meanwhile.
        let change = health.landed(.unreachable(words: "timeout"), leftAt: start, now: after(10))
        #expect(change == nil)
        #expect(health.passage(now: after(10)) == .free)
    }

    @Test func answersToWhatLeftBeforeEndTheRestOnceItsPauseIsOver() {
        var health = health()
        _ = health.landed(.answered, leftAt: start, now: start)
        _ = health.landed(.unreachable(words: "refused"), leftAt: after(1), now: after(1))
        let early = health.landed(.answered, leftAt: start, now: after(1.2))
        #expect(early == nil)
        #expect(health.isResting)
        let late = health.landed(.answered, leftAt: start, now: after(1.6))
        #expect(late == .servesAgain)
        // After failures they do not: it may have begun to fail since.
        var bad = failing()
        let change = bad.landed(.answered, leftAt: start, now: after(15))
        #expect(change == nil)
        #expect(bad.isResting)
    }

    /// An endpoint that refuses connections does so at once, one behind a wall after the time that is allowed for them.
    @Test(arguments: [(0.001, 0.5), (2, 4), (10, 12)])
    func aProbeThatIsOutForLongerThanAConnectionTakesHasFoundOne(failureTook: Double, wait: Double) {
        var health = health()
        _ = health.landed(.unreachable(words: "refused"), leftAt: start, now: after(failureTook))
        let probe = after(failureTook + 0.5)
        #expect(health.passage(now: probe) == .probe)
        health.left(now: probe)
        let found = probe + .seconds(wait)
        #expect(health.passage(now: probe + .milliseconds(1)) == .wait(until: min(found, probe + .seconds(10))))
        #expect(health.passage(now: found) == .free)
        health.left(now: found)
        #expect(!health.isResting)
        // It is said once, when the first answer is there.
        let changes = [1.0, 2].map { health.landed(.answered, leftAt: probe, now: found + .seconds($0)) }
        #expect(changes == [.servesAgain, nil])
    }

    @Test func aProbeAfterFailuresIsWaitedFor() {
        var health = failing()
        health.left(now: after(10.5))
        #expect(health.passage(now: after(15)) == .wait(until: after(20.5)))
    }

    @Test func theSameRefusalFromTheFirstAnswerOnIsTheEndpointsDoing() {
        var health = health()
        let sign = EndpointSign.rejected(status: 404, code: "model_not_found", words: "no such model")
        for number in 1...19 {
            let change = health.landed(sign, leftAt: start, now: after(Double(number)))
            #expect(change == nil)
        }
        // Neither of these is an answer to the request itself.
        _ = health.landed(.throttled, leftAt: start, now: after(20))
        _ = health.landed(.failed(words: "a"), leftAt: start, now: after(20))
        let change = health.landed(sign, leftAt: start, now: after(21))
        #expect(change == .refuses(words: "each of its first 20 answers was HTTP 404: no such model"))
    }

    @Test(arguments: [
        EndpointSign.answered, .rejected(status: 422, code: "a", words: ""),
        .rejected(status: 400, code: "b", words: ""),
    ])
    func oneOtherAnswerAmongTheFirstMakesRefusalsTheRequestsFault(other: EndpointSign) {
        for place in [0, 7, 19] {
            var health = health()
            for number in 0..<100 {
                let sign = number == place ? other : .rejected(status: 400, code: "a", words: "too long")
                let change = health.landed(sign, leftAt: start, now: after(Double(number)))
                #expect(change == nil)
            }
        }
    }

    /// A row of long prompts is not an endpoint that knows no model.
    @Test(arguments: [
        ("This model's maximum context length is 8192 tokens, and you sent %.", false),
        ("The model `x` does not exist", true), ("no such model (request id: 2024%)", true),
    ])
    func refusalsThatNameTheirOwnRequestAreNotTheSame(words: String, isTheEndpoints: Bool) {
        var health = health()
        var changes = 0
        for number in 0..<30 {
            let own = words.replacing("%", with: "\(9000 + number)")
            let sign = EndpointSign.rejected(status: 400, code: "a", words: own)
            if health.landed(sign, leftAt: start, now: start) != nil { changes += 1 }
        }
        #expect(changes == (isTheEndpoints ? 1 : 0))
    }

    @Test func oneThatHasServedTheRunBeforeIsNotTakenForAStranger() {
        var health = EndpointHealth(patience: .seconds(30), hasServed: true)
        #expect(health.isProven)
        for _ in 0..<50 {
            let change = health.landed(
                .rejected(status: 404, code: nil, words: "no such model"), leftAt: start, now: start)
            #expect(change == nil)
        }
    }

    @Test func theShareOfFailuresIsThatOfTheNewest() {
        var outcomes = RecentOutcomes()
        for _ in 0..<3 { outcomes.add(failed: true) }
        #expect(outcomes.failureShare == 0)
        outcomes.add(failed: true)
        #expect(outcomes.failureShare == 1)
        #expect(!outcomes.isNearlyAllFailed)
        for _ in 0..<12 { outcomes.add(failed: false) }
        #expect(outcomes.failureShare == 0.25)
        for _ in 0..<32 { outcomes.add(failed: false) }
        #expect(outcomes.failureShare == 0)
    }
}

import Testing

@testable import Sluice

@Suite struct RetryPolicyTests {
    let policy = RetryPolicy()

    @Test(arguments: [
        (1, 0.0, Duration.milliseconds(250)), (1, 0.5, .milliseconds(375)), (2, 0.0, .milliseconds(500)),
        (3, 0.5, .milliseconds(1500)), (4, 0.75, .milliseconds(3500)),
    ])
    func backsOffTwiceAsLongEachTime(attempts: Int, random: Double, expected: Duration) {
        let decision = policy.decide(.status(500), after: nil, attempts: attempts, throttles: 0, random: random)
        #expect(decision == .again(after: expected))
    }

    @Test func backoffStopsGrowingAtTheCap() {
        var policy = policy
        policy.maximumAttempts = .max
        for attempts in [8, 9, 1000, Int.max - 1] {
            let decision = policy.decide(.status(500), after: nil, attempts: attempts, throttles: 0, random: 0)
            #expect(decision == .again(after: .seconds(30)), "\(attempts)")
        }
    }

    @Test(arguments: [
        RetryCause.status(500), .transport(.reset), .transport(.timeout(.idle)), .unusable(.cutShort),
    ])
    func givesUpWhenAttemptsAreSpent(cause: RetryCause) {
        #expect(policy.decide(cause, after: nil, attempts: 5, throttles: 0, random: 0) == .giveUp)
        #expect(policy.decide(cause, after: .seconds(1), attempts: 6, throttles: 0, random: 0) == .giveUp)
        #expect(policy.decide(cause, after: nil, attempts: 4, throttles: 999, random: 0) == .again(after: .seconds(2)))
    }

    @Test func throttlingNeverSpendsAttempts() {
        let cause = RetryCause.throttled(status: 429)
        let decision = policy.decide(cause, after: nil, attempts: 5, throttles: 1, random: 0)
        #expect(decision == .again(after: .milliseconds(250)))
        #expect(
            policy.decide(cause, after: nil, attempts: 0, throttles: 999, random: 0) == .again(after: .seconds(30)))
        #expect(policy.decide(cause, after: nil, attempts: 0, throttles: 1000, random: 0) == .giveUp)
        #expect(!cause.countsAsAttempt)
        #expect(RetryCause.status(503).countsAsAttempt)
    }

    @Test(arguments: [
        (Duration.seconds(20), 0.0, Duration.seconds(20)), (.seconds(20), 0.5, .seconds(21)),
        (.milliseconds(100), 0.5, .milliseconds(225)), (.seconds(3600), 0.5, .seconds(3605)),
    ])
    func theNamedWaitIsAMinimum(after: Duration, random: Double, expected: Duration) {
        for cause in [RetryCause.throttled(status: 429), .status(500)] {
            let decision = policy.decide(cause, after: after, attempts: 1, throttles: 1, random: random)
            #expect(decision == .again(after: expected))
        }
    }

    @Test func aVeryLongThrottleStopsTheRunInsteadOfFailingTheRow() {
        let after = Duration.seconds(3601)
        let throttled = policy.decide(.throttled(status: 429), after: after, attempts: 0, throttles: 1, random: 0)
        #expect(throttled == .stop(wait: after))
        let failed = policy.decide(.status(500), after: after, attempts: 1, throttles: 0, random: 0)
        #expect(failed == .again(after: .seconds(3600)))
    }

    @Test func cancelledAttemptsGoBackAtOnce() {
        #expect(policy.decide(.cancelled, after: nil, attempts: 99, throttles: 999, random: 0) == .again(after: .zero))
    }

    @Test func chanceOutOfRangeDoesNoHarm() {
        for random in [-1, 1, .nan, .infinity] as [Double] {
            let decision = policy.decide(.status(500), after: nil, attempts: 1, throttles: 0, random: random)
            #expect(decision == .again(after: .milliseconds(375)))
        }
    }
}

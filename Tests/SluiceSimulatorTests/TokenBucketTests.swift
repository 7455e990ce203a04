import SluiceSimulator
import Testing

@Suite struct TokenBucketTests {
    private let second: UInt64 = 1_000_000_000

    /// (a minute, burst in seconds, tokens in a full bucket)
    @Test(arguments: [
        (60, 1.0, 1), (600, 1.0, 10), (60_000, 10.0, 10_000), (1, 1.0, 1), (90, 1.0, 1), (120, 0.001, 1),
        (1_000_000_000, 60.0, TokenBucket.maximumBurst),
    ])
    func burst(perMinute: Int, seconds: Double, burst: Int) {
        let bucket = TokenBucket(perMinute: perMinute, burstSeconds: seconds, now: 5)
        #expect(bucket.burst == burst)
        #expect(bucket.remaining == burst)
        #expect(bucket.nanosecondsUntilFull == 0)
    }

    @Test func fillsAtItsRate() {
        var bucket = TokenBucket(perMinute: 60, burstSeconds: 2, now: 0)
        bucket.take(2)
        #expect(bucket.remaining == 0)
        #expect(bucket.nanosecondsUntil(1) == 1_000_000_000)
        #expect(bucket.nanosecondsUntilFull == 2_000_000_000)
        bucket.refill(now: second - 1)
        #expect(bucket.nanosecondsUntil(1) == 1)
        bucket.refill(now: second)
        #expect(bucket.nanosecondsUntil(1) == 0)
        #expect(bucket.remaining == 1)
    }

    @Test func neverHoldsMoreThanItsBurst() {
        var bucket = TokenBucket(perMinute: 600, burstSeconds: 1, now: 0)
        bucket.take(4)
        bucket.refill(now: 1_000_000 * second)
        #expect(bucket.remaining == 10)
        bucket.refill(now: .max)
        #expect(bucket.remaining == 10)
    }

    @Test func timeThatGoesBackGivesNothing() {
        var bucket = TokenBucket(perMinute: 60, burstSeconds: 1, now: 10 * second)
        bucket.take(1)
        bucket.refill(now: 5 * second)
        #expect(bucket.nanosecondsUntil(1) == 1_000_000_000)
        bucket.refill(now: 11 * second)
        #expect(bucket.nanosecondsUntil(1) == 0)
    }

    @Test func moreThanTheBurstPassesWhenFullAndLeavesDebt() {
        var bucket = TokenBucket(perMinute: 6000, burstSeconds: 1, now: 0)
        #expect(bucket.nanosecondsUntil(500) == 0)
        bucket.take(500)
        #expect(bucket.remaining == 0)
        // 400 in debt, and full again before the next such amount.
        #expect(bucket.nanosecondsUntil(1) == 4_010_000_000)
        #expect(bucket.nanosecondsUntil(500) == 5_000_000_000)
    }

    /// No drift: in an hour of odd steps exactly the rate flows.
    @Test func passesExactlyItsRate() {
        var bucket = TokenBucket(perMinute: 997, burstSeconds: 1, now: 0)
        var now: UInt64 = 0
        var passed = 0
        while now < 3600 * second {
            bucket.refill(now: now)
            if bucket.nanosecondsUntil(1) == 0 {
                bucket.take(1)
                passed += 1
            }
            now += 7_777_777
        }
        #expect((997 * 60 + 15...997 * 60 + 16).contains(passed))
    }
}

@Suite struct RateLimiterTests {
    private func limiter(requests: Int?, tokens: Int?, burst: Double = 1) -> RateLimiter {
        RateLimiter(requestsPerMinute: requests, tokensPerMinute: tokens, burstSeconds: burst, now: 0)
    }

    @Test func withoutLimitsAllPasses() {
        var limiter = limiter(requests: nil, tokens: nil)
        #expect(!limiter.isOn)
        #expect(limiter.decide(charge: .max, now: 0) == .pass)
    }

    @Test func whatIsRefusedIsNotCharged() {
        var limiter = limiter(requests: 600, tokens: 6000)
        #expect(limiter.decide(charge: 100, now: 0) == .pass)
        #expect(limiter.decide(charge: 50, now: 0) == .refuse(.tokens, wait: 500_000_000))
        #expect(limiter.requests?.remaining == 9)
        #expect(limiter.decide(charge: 50, now: 499_999_999) == .refuse(.tokens, wait: 1))
        #expect(limiter.decide(charge: 50, now: 500_000_000) == .pass)
    }

    @Test func namesTheLongerWait() {
        var limiter = limiter(requests: 60, tokens: 6000)
        #expect(limiter.decide(charge: 100, now: 0) == .pass)
        #expect(limiter.decide(charge: 1, now: 0) == .refuse(.requests, wait: 1_000_000_000))
        #expect(limiter.decide(charge: 100, now: 0) == .refuse(.requests, wait: 1_000_000_000))
    }

    @Test func moreThanAMinutesWorthNeverPasses() {
        var limiter = limiter(requests: nil, tokens: 6000)
        #expect(limiter.decide(charge: 6001, now: 0) == .tooLarge)
        #expect(limiter.decide(charge: 6000, now: 0) == .pass)
    }

    @Test(arguments: [
        (0, "0s"), (1, "1ms"), (20_000_000, "20ms"), (999_000_001, "1s"), (1_000_000_000, "1s"),
        (1_005_000_000, "1.005s"), (60_000_000_000, "1m0s"), (360_000_000_000, "6m0s"),
        (179_560_000_000, "2m59.56s"), (3_600_000_000_000, "1h0m0s"), (3_725_500_000_000, "1h2m5.5s"), (-5, "0s"),
    ])
    func durationsReadAsGoPrintsThem(nanoseconds: Int64, text: String) {
        #expect(GoDuration.text(nanoseconds: nanoseconds) == text)
    }
}

import Testing

@testable import Sluice

@Suite struct ProviderPoolTests {
    typealias Window = RateLimitHeaders.Window

    private let start = Timestamp(milliseconds: 1_800_000_000_000)

    private func at(_ seconds: Double) -> Timestamp { start + .nanoseconds(Int64(seconds * 1e9)) }

    private func told(_ window: Window, limit: Double, used: Double = 0, landedAt: Double = 0) -> ProviderPool? {
        ProviderPool(window, limit: limit, used: used, leftAt: start, now: at(landedAt))
    }

    @Test(arguments: [
        // OpenAI: until it is full again.
        (Window(limit: 600, remaining: 599, reset: .milliseconds(100)), false),
        // OpenAI's day for small accounts, Groq's for all.
        (Window(limit: 200, remaining: 199, reset: .seconds(432)), true),
        (Window(limit: 14_400, remaining: 14_370, reset: .milliseconds(179_560)), true),
        (Window(limit: 14_400, remaining: 14_399, reset: .seconds(6)), true),
        // Azure rounds up to whole seconds.
        (Window(limit: 600, remaining: 599, reset: .seconds(1)), false),
        (Window(limit: 600, remaining: 100, reset: .seconds(50)), false),
        (Window(limit: 600, remaining: 100), false),
        // Midnight is near, or far.
        (Window(limit: 50, remaining: 20, reset: .seconds(40_000)), true),
    ])
    func daysAreToldFromMinutes(window: Window, isLong: Bool) throws {
        let pool = try #require(told(window, limit: Double(window.limit ?? 0)))
        #expect(pool.isLong == isLong)
    }

    @Test(arguments: [
        Window(limit: 600), Window(limit: 600, remaining: 0), Window(limit: 600, remaining: 0, reset: .zero),
        Window(limit: 0, remaining: 5, reset: .seconds(1)),
    ])
    func nothingIsMadeOfHeadsThatDoNotKnow(window: Window) {
        #expect(told(window, limit: Double(window.limit ?? 0)) == nil)
    }

    /// All that it held was spent on requests whose answers had no head: it fills again all the same.
    @Test func aPoolThatNobodyTellsOfAnyMoreFillsAgain() throws {
        var pool = try #require(told(Window(limit: 60, remaining: 59, reset: .seconds(58)), limit: 60))
        for _ in 0..<60 { pool.spend(1, now: at(20)) }
        #expect(pool.level(at: at(30)) <= 0)
        let next = pool.earliest(for: 1, now: at(30))
        #expect(next <= at(61))
        #expect(pool.level(at: at(70)) >= 1)
        #expect(pool.earliest(for: 1, now: at(70)) == at(70))
        // What is spent from then on counts again.
        for _ in 0..<60 { pool.spend(1, now: at(70)) }
        #expect(pool.earliest(for: 1, now: at(71)) > at(71))
    }

    @Test func whatWasAdmittedSinceComesOffAndWhatFlowedInIsAdded() throws {
        // Left 5 s ago, when 300 were left; 50 followed it, and 10 a second have flowed in.
        let pool = try #require(
            told(Window(limit: 600, remaining: 300, reset: .seconds(30)), limit: 600, used: 50, landedAt: 5))
        #expect(abs(pool.level(at: at(5)) - 300) < 1e-6)
        #expect(abs(pool.level(at: at(10)) - 350) < 1e-6)
        // Never above what it holds.
        #expect(pool.level(at: at(1000)) <= 600)
    }

    @Test func answersThatOvertookEachOtherDoNotTurnTheCountBack() throws {
        let window = Window(limit: 600, remaining: 300, reset: .seconds(30))
        let newer = try #require(
            ProviderPool(window, limit: 600, used: 0, leftAt: at(5), now: at(6)))
        #expect(ProviderPool(window, limit: 600, used: 9, leftAt: at(4), now: at(7), after: newer) == nil)
        #expect(ProviderPool(window, limit: 600, used: 9, leftAt: at(5.5), now: at(7), after: newer) != nil)
    }

    @Test func anEmptyPoolIsWaitedFor() throws {
        // A bucket: one flows in each tenth of a second.
        let bucket = try #require(told(Window(limit: 600, remaining: 0, reset: .seconds(60)), limit: 600))
        #expect(abs((bucket.earliest(for: 1, now: start) - start).inSeconds - 0.1) < 0.001)
        // All at once, 23 s from now.
        let fixed = try #require(told(Window(limit: 600, remaining: 0, reset: .seconds(23)), limit: 600))
        #expect(fixed.earliest(for: 1, now: start) == at(23))
        #expect(fixed.level(at: at(23)) > 200)
    }

    @Test(arguments: [(600, 1.0), (300, 1), (150, 1), (75, 0.5), (15, 0.1), (1, 0.1)])
    func aPoolThatOthersEmptyTooSlowsThePace(remaining: Int, share: Double) throws {
        let window = Window(limit: 600, remaining: remaining, reset: .milliseconds((600 - remaining) * 100))
        let pool = try #require(told(window, limit: 600))
        #expect(abs(pool.share(cost: 0, now: start) - share) < 0.03)
    }

    /// A limit that is renewed all at once may be used up by then.
    @Test func aPoolThatLastsUntilItIsRenewedDoesNotSlowThePace() throws {
        let pool = try #require(told(Window(limit: 600, remaining: 30, reset: .seconds(3)), limit: 600))
        #expect(pool.share(cost: 1, now: start) == 1)
    }
}

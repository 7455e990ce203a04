import Testing

@testable import Sluice

@Suite struct LearnedRateTests {
    private let start = Timestamp(milliseconds: 1_800_000_000_000)

    private func at(_ seconds: Double) -> Timestamp { start + .nanoseconds(Int64(seconds * 1e9)) }

    @Test func itIsWhatWasAcceptedOfLate() throws {
        var rate = LearnedRate(now: start)
        #expect(rate.rate == nil)
        #expect(rate.earliest(now: start) == start)
        // Twenty a second, of which every other is turned away.
        for step in 0..<200 {
            _ = rate.left(now: at(Double(step) / 20))
            if step % 2 == 1 { rate.refused(leftAt: at(Double(step) / 20)) }
        }
        rate.lower(now: at(10))
        let learned = try #require(rate.rate)
        #expect(abs(learned - 10) < 1.5)
        #expect(rate.earliest(now: at(10)) > at(10.08))
    }

    @Test func itRisesWhileItIsUsedAndStandsStillWhileItIsNot() throws {
        var rate = LearnedRate(now: start)
        for step in 0..<100 { _ = rate.left(now: at(Double(step) / 10)) }
        rate.lower(now: at(10))
        let low = try #require(rate.rate)
        var now = at(10)
        while now < at(60) {
            now = rate.earliest(now: now)
            _ = rate.left(now: now)
        }
        let risen = try #require(rate.rate)
        #expect(risen > low * 1.05)
        // One every other second uses nothing of it.
        for second in 0..<60 { _ = rate.left(now: at(62 + 2 * Double(second))) }
        #expect(try #require(rate.rate) < risen * 1.02)
        for second in 0..<60 { _ = rate.left(now: at(182 + 2 * Double(second))) }
        #expect(rate.rate == nil)
    }

    @Test func aCutIsNeverToNothing() throws {
        var rate = LearnedRate(now: start)
        _ = rate.left(now: start)
        for _ in 0..<50 {
            _ = rate.left(now: start)
            rate.refused(leftAt: start)
            rate.lower(now: start)
        }
        #expect(try #require(rate.rate) > 0.01)
    }
}

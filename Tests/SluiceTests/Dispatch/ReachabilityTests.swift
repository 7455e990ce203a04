import Testing

@testable import Sluice

@Suite struct ReachabilityTests {
    private let start = Timestamp(milliseconds: 1_000_000)

    /// Fails again and again, each time as soon as the pause allows; tells the pauses until it is given up.
    private func pauses(_ reachability: inout Reachability) -> [Duration] {
        var pauses: [Duration] = []
        var now = start
        while case .pause(let until) = reachability.failed(leftAt: now, now: now) {
            pauses.append(until - now)
            now = until
            if pauses.count > 1000 { break }
        }
        return pauses
    }

    @Test func pausesGrowAndAnEndpointThatNeverAnsweredIsGivenUpSoon() {
        var reachability = Reachability(patience: .seconds(30))
        let found = pauses(&reachability)
        #expect(found == [.milliseconds(500), .seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(16)])
    }

    @Test func anEndpointThatAnsweredIsWaitedForThroughALongOutage() {
        var reachability = Reachability(patience: .seconds(30))
        let wasGone = reachability.answered()
        #expect(!wasGone)
        let found = pauses(&reachability)
        #expect(found.max() == .seconds(30))
        #expect(found.reduce(.zero, +) >= .seconds(3600))
        #expect(found.reduce(.zero, +) < .seconds(3660))
    }

    @Test func requestsThatLeftTogetherCountOnce() {
        var reachability = Reachability(patience: .seconds(30))
        let first = reachability.failed(leftAt: start, now: start)
        for _ in 0..<100 {
            let again = reachability.failed(leftAt: start, now: start)
            #expect(again == first)
        }
        #expect(first == .pause(until: start + .milliseconds(500)))
    }

    @Test func anAnswerEndsTheOutage() {
        var reachability = Reachability(patience: .seconds(30))
        _ = reachability.failed(leftAt: start, now: start)
        let (wasGone, isGone) = (reachability.answered(), reachability.answered())
        #expect(wasGone)
        #expect(!isGone)
        let later = start + .seconds(100)
        let verdict = reachability.failed(leftAt: later, now: later)
        #expect(verdict == .pause(until: later + .milliseconds(500)))
    }
}

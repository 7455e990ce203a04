import Testing

@testable import Sluice

@Suite struct ConcurrencyWindowTests {
    private let start = Timestamp(milliseconds: 1_800_000_000_000)

    /// A round: all places are taken at `time`, and answered after a second.
    private func round(_ window: inout ConcurrencyWindow, at time: Timestamp, wasFull: Bool = true) {
        let places = window.places
        for index in 0..<places {
            window.answered(
                leftAt: time, tokens: 100, level: places, wasFull: wasFull,
                now: time + .seconds(1) + .microseconds(index))
        }
    }

    @Test func itDoublesWhileTheThroughputFollows() {
        var window = ConcurrencyWindow(.automatic(maximum: 1000), initial: 1, now: start)
        var sizes: [Int] = []
        for second in 0..<8 {
            sizes.append(window.places)
            round(&window, at: start + .seconds(second))
        }
        #expect(sizes == [1, 2, 4, 8, 16, 32, 64, 128])
    }

    @Test func itDoesNotGrowWhileSomethingElseHolds() {
        var window = ConcurrencyWindow(.automatic(maximum: 1000), initial: 4, now: start)
        for second in 0..<50 { round(&window, at: start + .seconds(second), wasFull: false) }
        #expect(window.places == 4)
    }

    @Test func knownLimitsOpenItAtOnceButNotBeyondTheMaximum() {
        var window = ConcurrencyWindow(.automatic(maximum: 50), initial: 1, now: start)
        window.open(to: 20.4)
        #expect(window.places == 21)
        window.open(to: 5)
        #expect(window.places == 21)
        window.open(to: 200)
        #expect(window.places == 50)
        var fixed = ConcurrencyWindow(.fixed(3), initial: 1, now: start)
        fixed.open(to: 20)
        #expect(fixed.places == 3)
    }

    @Test func aRefusalShowsTheCeiling() {
        var window = ConcurrencyWindow(.automatic(maximum: 1000), initial: 1, now: start)
        for second in 0..<5 { round(&window, at: start + .seconds(second)) }
        #expect(window.places == 32)
        let isCapacity = window.refused(
            level: 31, inFlight: 31, wasFull: true, wasPaced: false, now: start + .seconds(6))
        #expect(isCapacity)
        #expect(window.places == 29)
    }

    @Test func aRefusalWhereMoreWereServedIsNotAboutTheNumber() {
        var window = ConcurrencyWindow(.automatic(maximum: 1000), initial: 1, now: start)
        for second in 0..<6 { round(&window, at: start + .seconds(second)) }
        let isCapacity = window.refused(
            level: 20, inFlight: 20, wasFull: false, wasPaced: false, now: start + .seconds(7))
        #expect(!isCapacity)
        #expect(window.places == 64)
    }

    @Test func aFixedNumberComesBackAfterRefusals() {
        var window = ConcurrencyWindow(.fixed(64), initial: 1, now: start)
        _ = window.refused(level: 64, inFlight: 64, wasFull: true, wasPaced: false, now: start)
        for left in (4..<64).reversed() { window.refusedToo(inFlight: left, now: start) }
        #expect(window.places == 3)
        for second in 1..<200 { round(&window, at: start + .seconds(second)) }
        #expect(window.places == 64)
    }

    @Test func oneMayAlwaysFly() {
        var window = ConcurrencyWindow(.fixed(4), initial: 1, now: start)
        for second in 0..<100 {
            _ = window.refused(level: 1, inFlight: 1, wasFull: true, wasPaced: false, now: start + .seconds(second))
        }
        #expect(window.places == 1)
    }

    @Test func timeAtLeisureIsThatOfTheLowestLevelsThatToldEnough() {
        var leisure = LeisureTime()
        for _ in 0..<4 { leisure.add(1, level: 2, isReference: true) }
        for _ in 0..<40 { leisure.add(3, level: 40, isReference: true) }
        #expect(leisure.seconds == 1)
        #expect(leisure.isOver)
    }

    /// A line through the latencies: long answers and short ones count alike.
    @Test func effortIsToldByLength() {
        var effort = AnswerEffort()
        for index in 0..<200 {
            let tokens = 50 + index % 10 * 100
            effort.learn(seconds: 0.5 + 0.01 * Double(tokens), tokens: tokens)
        }
        let long = effort.work(answers: 1, tokens: 950)
        let short = effort.work(answers: 1, tokens: 50)
        #expect(abs(long / short - 10) < 0.5)
        #expect(effort.scatter <= 0.06)
    }
}

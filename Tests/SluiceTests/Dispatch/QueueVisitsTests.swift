import Testing

@testable import Sluice

@Suite struct QueueVisitsTests {
    /// Slow answers: few become free during a visit. Fast ones: as many as it records, and never more than places.
    @Test(arguments: [
        (Duration.seconds(1), 64, 64, 8), (.seconds(1), 0, 64, 1), (.seconds(1), 3, 64, 3), (.seconds(1), 9, 4, 1),
        (.milliseconds(1), 40, 64, 40), (.milliseconds(1), 100, 64, 64), (.milliseconds(1), 0, 64, 1),
    ])
    func howManyAreClaimedAhead(latency: Duration, recorded: Int, places: Int, ahead: Int) {
        var visits = QueueVisits()
        visits.answered(after: latency)
        visits.ended(after: .milliseconds(5), recorded: recorded, places: places)
        #expect(visits.ahead == ahead)
    }

    @Test func theTimeAheadFollowsWhatVisitsTake() {
        var visits = QueueVisits()
        #expect(visits.leadTime == .milliseconds(20))
        for _ in 0..<100 { visits.ended(after: .milliseconds(100), recorded: 1, places: 8) }
        #expect(visits.leadTime > .milliseconds(200))
        #expect(visits.leadTime <= .milliseconds(210))
        // What was slow beside a visit of 5 ms is not beside one of 100.
        visits.answered(after: .seconds(1))
        #expect(!visits.answersAreSlow)
        visits.answered(after: .seconds(2))
        #expect(visits.answersAreSlow)
    }

    /// For as long as is little beside an answer.
    @Test(
        arguments: [
            (nil, 5), (.milliseconds(100), 5), (.milliseconds(800), 8), (.seconds(2), 20), (.seconds(60), 25),
        ] as [(Duration?, Int64)])
    func whatComesInSoonSharesTheNextVisit(latency: Duration?, milliseconds: Int64) {
        var visits = QueueVisits()
        if let latency { visits.answered(after: latency) }
        visits.begin(at: Timestamp(milliseconds: 1000))
        #expect(visits.gathersUntil == Timestamp(milliseconds: 1000 + milliseconds))
    }
}

import Testing

@testable import Sluice

@Suite struct FinishByTests {
    @Test(arguments: [
        ("8h", FinishBy.after(.seconds(28_800))), ("1h30m", .after(.seconds(5_400))),
        ("06:30", .timeOfDay(hour: 6, minute: 30)), ("6:05", .timeOfDay(hour: 6, minute: 5)),
        ("2026-11-25T06:30:00Z", .at(Timestamp(milliseconds: 1_795_588_200_000))),
        ("2026-11-25T06:30:00+02:00", .at(Timestamp(milliseconds: 1_795_581_000_000))),
    ])
    func threeForms(text: String, moment: FinishBy) {
        #expect(FinishBy(text) == moment)
    }

    @Test(arguments: ["", "tomorrow", "24:00", "06:60", "6", "06:3", "-1h", "0s", "06:30:00", "2026-11-25", "500d"])
    func nothingElse(text: String) {
        #expect(FinishBy(text) == nil)
    }

    /// Whatever the time zone is: the next moment within a day and a bit that reads so.
    @Test(arguments: [0, 3_599, 43_200, 86_399, 20_000_000])
    func aTimeOfDayIsTheNextOne(seconds: Int) {
        let now = Timestamp(milliseconds: 1_764_000_000_000 + Int64(seconds) * 1000)
        let moment = FinishBy.timeOfDay(hour: 6, minute: 30).moment(from: now)
        #expect(moment > now)
        #expect(moment - now <= .seconds(25 * 3600))
        #expect(moment.localText.hasSuffix(" 06:30"))
    }

    @Test func theOthersAreWhatTheySay() {
        let now = Timestamp(milliseconds: 5_000)
        #expect(FinishBy.after(.seconds(2)).moment(from: now) == Timestamp(milliseconds: 7_000))
        #expect(FinishBy.at(Timestamp(milliseconds: 1)).moment(from: now) == Timestamp(milliseconds: 1))
    }

    // MARK: Whether it will be late

    private static let deadline = Punctuality(Timestamp(milliseconds: 100_000))

    @Test(arguments: [
        // 50 rows at one a second from 40 s on end at 90 s.
        (50, 1.0 as Double?, 40_000 as Int64, Punctuality.Verdict.inTime), (50, 0.5, 40_000, .late(by: .seconds(40))),
        (50, nil, 40_000, .unknown), (50, nil, 101_000, .late(by: .seconds(1))), (0, nil, 99_000, .inTime),
        (50, 0, 40_000, .unknown),
    ])
    func expected(left: Int, rate: Double?, now: Int64, verdict: Punctuality.Verdict) {
        #expect(
            Self.deadline.expected(rowsLeft: left, rate: rate, now: Timestamp(milliseconds: now)) == verdict)
    }

    @Test func ratesOfNextToNothingDoNotTrap() {
        let verdict = Self.deadline.expected(rowsLeft: .max, rate: 1e-300, now: Timestamp(milliseconds: 0))
        #expect(verdict == .late(by: .seconds(999_999_900)))
    }
}

import Testing

@testable import Sluice

@Suite struct HoldTimesTests {
    private static func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

    @Test func eachCauseHasItsTime() {
        var times = HoldTimes(at: Self.at(0))
        times.note(.concurrency, at: Self.at(100))
        times.note(.disk, at: Self.at(300))
        times.note(.concurrency, at: Self.at(350))
        times.note(nil, at: Self.at(450))
        times.note(.retries, at: Self.at(900))
        #expect(times.now == .retries)
        #expect(times.times == [.concurrency: .milliseconds(300), .disk: .milliseconds(50)])
        // A clock that goes back takes nothing away.
        times.note(.retries, at: Self.at(100))
        times.note(nil, at: Self.at(910))
        #expect(times.times[.retries] == .milliseconds(10))
    }

    /// What is taken is whole milliseconds, and over all takings nothing is lost.
    @Test func takingLosesNothing() {
        var times = HoldTimes(at: Timestamp(nanoseconds: 0))
        var taken = Duration.zero
        times.note(.server, at: Timestamp(nanoseconds: 0))
        for step in 1...1000 {
            let part = times.take(at: Timestamp(nanoseconds: Int64(step) * 1_700_001))
            #expect(part.values.allSatisfy { $0.nanoseconds % 1_000_000 == 0 })
            taken += part[.server] ?? .zero
        }
        #expect(taken == .milliseconds(1700))
    }

    @Test func sharesAndWhatWouldHelp() {
        let times = HoldTimes(times: [
            .requestsPerMinute: .seconds(81), .concurrency: .seconds(18), .lastAnswers: .seconds(1),
            .disk: .milliseconds(10),
        ])
        #expect(times.text == "requests a minute 81 % · concurrency 18 % · the last answers 1 %")
        #expect(times.advice?.contains("raise requests_per_minute") == true)
        #expect(HoldTimes().text == nil)
        #expect(HoldTimes().advice == nil)
        // Nothing helps against the end of a run; the next cause is told where it is worth it.
        let tail = HoldTimes(times: [.lastAnswers: .seconds(90), .concurrency: .seconds(10)])
        #expect(tail.advice == Hold.concurrency.advice)
        #expect(HoldTimes(times: [.lastAnswers: .seconds(99), .concurrency: .seconds(1)]).advice == nil)
    }

    @Test func theQueueKeepsThemOverSittings() throws {
        let folder = try TemporaryFolder()
        let queue = try Queue(path: folder.file("queue.db"), durability: .normal)
        let run = try queue.put([planned("a")], into: queue.newRun()).run
        try queue.add([.disk: .milliseconds(5), .server: .milliseconds(70)], to: run.id)
        try queue.add([.disk: .milliseconds(25)], to: run.id)
        try queue.add([:], to: run.id)
        let report = try queue.report(on: run)
        #expect(report.held.times == [.disk: .milliseconds(30), .server: .milliseconds(70)])
        #expect(report.text.contains("bound by  the endpoint's capacity 70 % · the disk 30 %\n"))
        #expect(
            String(decoding: report.json, as: UTF8.self).contains(
                #""bound_by":[{"bound":"server","seconds":0.07,"share":0.7},{"bound":"disk","seconds":0.03,"share":0.3}]"#
            ))
    }
}

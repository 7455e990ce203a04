import Synchronization
import Testing

@testable import Sluice

/// A clock that jumps under a run: the machine slept, or somebody set it.
@Suite(.timeLimit(.minutes(2))) struct ClockTests {
    @Test(arguments: [
        [Duration.seconds(3600)], [.seconds(-3600)], [.seconds(3600), .seconds(-7200)],
        [.seconds(-86_400), .seconds(1)],
    ])
    func everyRowIsAnsweredOnceHoweverItJumps(jumps: [Duration]) async throws {
        let scene = try Scene(rows: 120, concurrency: 4)
        let clock = scene.timekeeper
        let end = try await scene.run { id, time in
            let number = Int(id.dropFirst()) ?? 0
            if number % 20 == 7 { clock.advance(by: jumps[number / 20 % jumps.count]) }
            // Some wait to be tried again while it jumps.
            return number % 10 == 3 && time == 1 ? .status(500) : .answer("yes")
        }
        #expect(end == .complete)
        let report = try scene.report()
        #expect(report.isAllOK)
        #expect(report.totals.attempts == 132)
        #expect(scene.transport.requests == 132)
        let queue = try Queue(reading: scene.folder.file("queue.db"))
        #expect(try queue.closingBalance(of: queue.run(named: nil))?.differences == [])
    }

    /// What was not sent while the machine slept is not sent all at once when it wakes.
    @Test func anHourAsleepSavesUpNoRequests() async throws {
        let scene = try Scene(rows: 200, concurrency: 50, requestsPerMinute: 60)
        let clock = scene.timekeeper
        let sent = Mutex<[Timestamp]>([])
        let end = try await scene.run { id, _ in
            sent.withLock { $0.append(clock.now()) }
            if id == "r50" { clock.advance(by: .seconds(3600)) }
            return .answer("yes")
        }
        #expect(end == .complete)
        let times = sent.withLock { $0 }.sorted()
        for (index, time) in times.enumerated() {
            #expect(times[..<index].count { time - $0 < .seconds(60) } <= 61)
        }
        let woke = times.firstIndex { $0 - times[0] >= .seconds(3600) } ?? 0
        #expect(times[woke...].count { $0 - times[woke] < .milliseconds(900) } <= 2)
    }

    /// A pause was noted by a clock that went a day ahead: the next sitting does not wait that day.
    @Test func aPauseOfAnotherClockIsForgotten() async throws {
        let scene = try Scene(rows: 4, concurrency: 4)
        let clock = scene.timekeeper
        clock.advance(by: .seconds(86_400))
        scene.settings.retry.base = .seconds(60)
        #expect(try await scene.run(stopAfter: 4) { _, _ in .status(500) } == .interrupted)
        clock.advance(by: .seconds(-86_400))
        let start = clock.now()
        #expect(try await scene.run { _, _ in .answer("yes") } == .complete)
        #expect(clock.now() - start < .seconds(3600))
        #expect(try scene.report().isAllOK)
    }

    /// An attempt may end before it began, by such a clock: it is recorded all the same.
    @Test func anAttemptThatEndsBeforeItBeganIsRecorded() async throws {
        let scene = try Scene(rows: 3, concurrency: 1)
        let clock = scene.timekeeper
        let end = try await scene.run { _, _ in
            clock.advance(by: .seconds(-100))
            return .answer("yes")
        }
        #expect(end == .complete)
        #expect(try scene.report().isAllOK)
        #expect(try scene.count("SELECT count(*) FROM attempts WHERE ended_at < sent_at") == 3)
    }
}

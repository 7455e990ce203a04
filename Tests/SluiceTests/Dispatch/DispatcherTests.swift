import Synchronization
import Testing

@testable import Sluice

/// Whole runs of the dispatcher over a real queue, with a transport that answers as a script says and a clock that
/// flies.
@Suite(.timeLimit(.minutes(2))) struct DispatcherTests {
    @Test func everyRowIsAnsweredOnce() async throws {
        let scene = try Scene(rows: 500, concurrency: 16)
        let end = try await scene.run { _, _ in .answer("yes") }
        #expect(end == .complete)
        let report = try scene.report()
        #expect(report.isAllOK)
        #expect(report.totals.attempts == 500)
        #expect(scene.transport.requests == 500)
        #expect(scene.transport.mostAtOnce <= 16)
        #expect(report.inFlight == 0)
        #expect(try scene.count("SELECT count(*) FROM attempts WHERE outcome IS NOT 'ok'") == 0)
    }

    @Test func aPassingFaultIsTriedAgainAndCounted() async throws {
        let scene = try Scene(rows: 50)
        let end = try await scene.run { _, time in time <= 2 ? .status(500) : .answer("yes") }
        #expect(end == .complete)
        let report = try scene.report()
        #expect(report.isAllOK)
        #expect(report.totals.attempts == 150)
        #expect(report.totals.retries == 100)
    }

    @Test func attemptsAreBounded() async throws {
        let scene = try Scene(rows: 3)
        let end = try await scene.run { _, _ in .status(503) }
        #expect(end == .complete)
        let report = try scene.report()
        #expect(report.totals[.failed] == 3)
        #expect(report.totals.attempts == 15)
    }

    @Test func aRejectedRequestIsNotTriedAgain() async throws {
        let scene = try Scene(rows: 3)
        _ = try await scene.run { _, _ in .status(400) }
        #expect(try scene.report().totals.attempts == 3)
        #expect(try scene.report().totals[.failed] == 3)
    }

    @Test func throttlingUsesUpNoAttempts() async throws {
        let scene = try Scene(rows: 2, concurrency: 1)
        let end = try await scene.run { _, time in time <= 10 ? .status(429, retryAfter: 3) : .answer("yes") }
        #expect(end == .complete)
        let report = try scene.report()
        #expect(report.isAllOK)
        #expect(report.totals.throttles == 20)
        #expect(report.totals.retries == 0)
        #expect(try scene.count("SELECT max(attempts) FROM states") == 1)
    }

    @Test func aNamedWaitHoldsEveryRequest() async throws {
        let scene = try Scene(rows: 20, concurrency: 1)
        let closed = Mutex<Timestamp?>(nil)
        let early = Mutex(0)
        let clock = scene.timekeeper
        _ = try await scene.run { id, time in
            if id == "r5", time == 1 {
                closed.withLock { $0 = clock.now() + .seconds(30) }
                return .status(429, retryAfter: 30)
            }
            if let until = closed.withLock({ $0 }), clock.now() < until { early.withLock { $0 += 1 } }
            return .answer("yes")
        }
        #expect(early.withLock { $0 } == 0)
        #expect(try scene.report().isAllOK)
    }

    @Test func aRevokedKeyStopsTheRunWithTheProvidersWords() async throws {
        let scene = try Scene(rows: 200, concurrency: 4)
        let end = try await scene.run { id, _ in
            id == "r20"
                ? .json(401, #"{"error":{"message":"Incorrect API key","type":"invalid_request_error"}}"#)
                : .answer("yes")
        }
        guard case .stopped(.unauthorized, let words) = end else {
            Issue.record("ended as \(end)")
            return
        }
        #expect(words.contains("Incorrect API key"))
        let report = try scene.report()
        #expect(scene.transport.requests < 40)
        #expect(report.totals[.ok] + report.unsent == 200)
        #expect(report.totals[.failed] == 0)
        #expect(report.inFlight == 0)
        // The same run goes on once the key is mended.
        #expect(try await scene.run { _, _ in .answer("yes") } == .complete)
        #expect(try scene.report().isAllOK)
    }

    @Test func aStopDrainsAndTheNextSittingGoesOn() async throws {
        let scene = try Scene(rows: 300, concurrency: 8)
        let end = try await scene.run(stopAfter: 50) { _, _ in .answer("yes") }
        #expect(end == .interrupted)
        let report = try scene.report()
        #expect(report.totals[.ok] >= 50)
        #expect(report.totals[.ok] < 300)
        #expect(report.totals[.ok] == scene.transport.requests)
        #expect(report.inFlight == 0)
        #expect(report.totals.possiblyBilled == 0)
        #expect(try await scene.run { _, _ in .answer("yes") } == .complete)
        #expect(scene.transport.requests == 300)
        #expect(try scene.report().isAllOK)
    }

    @Test func whatNeverLandsIsGivenUpAfterTheGraceAndNamed() async throws {
        let scene = try Scene(rows: 10, concurrency: 4)
        let end = try await scene.run(stopAfter: 2) { id, _ in
            id == "r0" ? .never : .answer("yes")
        }
        #expect(end == .interrupted)
        let report = try scene.report()
        #expect(report.totals.possiblyBilled == 1)
        #expect(report.inFlight == 0)
        #expect(try scene.count("SELECT count(*) FROM attempts WHERE outcome = 'unknown'") == 1)
        #expect(try await scene.run { _, _ in .answer("yes") } == .complete)
        #expect(try scene.report().isAllOK)
    }

    @Test func requestsAMinuteAreKept() async throws {
        let scene = try Scene(rows: 100, concurrency: 10, requestsPerMinute: 60)
        let start = scene.timekeeper.now()
        _ = try await scene.run { _, _ in .answer("yes") }
        #expect(try scene.report().isAllOK)
        #expect(scene.timekeeper.now() - start >= .seconds(99))
    }

    @Test func aQueueThatFailsEndsTheRun() async throws {
        let scene = try Scene(rows: 100, concurrency: 4)
        try scene.execute(
            "CREATE TRIGGER broken BEFORE INSERT ON results WHEN (SELECT count(*) FROM results) >= 20 BEGIN SELECT raise(ABORT, 'broken'); END"
        )
        await #expect(throws: (any Error).self) { try await scene.run { _, _ in .answer("yes") } }
        try scene.execute("DROP TRIGGER broken")
        #expect(try await scene.run { _, _ in .answer("yes") } == .complete)
        #expect(try scene.report().isAllOK)
    }

    @Test func anOutageUsesUpNoAttempts() async throws {
        let scene = try Scene(rows: 40, concurrency: 8)
        let clock = scene.timekeeper
        let start = clock.now()
        let transport = scene.transport
        let end = try await scene.run { _, _ in
            // Gone for two minutes once some rows are answered.
            clock.now() - start < .seconds(120) && transport.requests > 10 ? .unreachable : .answer("yes")
        }
        #expect(end == .complete)
        let report = try scene.report()
        #expect(report.isAllOK)
        #expect(report.totals.attempts == 40)
        #expect(report.totals.possiblyBilled == 0)
        #expect(try scene.count("SELECT max(attempts) FROM states") == 1)
        #expect(try scene.count("SELECT count(*) FROM attempts WHERE outcome = 'unsent' AND sent_at IS NOT NULL") == 0)
        #expect(clock.now() - start < .seconds(160))
    }

    @Test func anEndpointThatIsNotThereEndsTheSittingWithItsWorkKept() async throws {
        let scene = try Scene(rows: 40, concurrency: 8)
        let end = try await scene.run { _, _ in .unreachable }
        #expect(end == .unreachable(words: "no route"))
        let report = try scene.report()
        #expect(report.unsent == 40)
        #expect(report.inFlight == 0)
        #expect(try await scene.run { _, _ in .answer("yes") } == .complete)
        #expect(try scene.report().isAllOK)
    }
}

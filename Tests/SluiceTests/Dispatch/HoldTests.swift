import Testing

@testable import Sluice

/// That a run says what it waited for.
@Suite(.timeLimit(.minutes(2))) struct HoldTests {
    private static func share(_ hold: Hold, _ scene: Scene) throws -> Double {
        let held = try scene.report().held
        let whole = held.times.values.reduce(Duration.zero, +)
        return (held.times[hold] ?? .zero).inSeconds / max(whole.inSeconds, 1e-9)
    }

    @Test func requestsAMinute() async throws {
        let scene = try Scene(rows: 100, concurrency: 10, requestsPerMinute: 60)
        let start = scene.timekeeper.now()
        _ = try await scene.run { _, _ in .answer("yes") }
        #expect(try Self.share(.requestsPerMinute, scene) > 0.95)
        // All of the run's time is accounted for, but for what lies between a look at the clock and the next.
        let whole = try scene.report().held.times.values.reduce(Duration.zero, +)
        #expect((whole - (scene.timekeeper.now() - start)).inSeconds.magnitude < 2)
        #expect(try scene.report().text.contains("bound by  requests a minute "))
    }

    @Test func anEndpointThatIsAway() async throws {
        let scene = try Scene(rows: 40, concurrency: 8)
        let (clock, transport) = (scene.timekeeper, scene.transport)
        let start = clock.now()
        _ = try await scene.run { _, _ in
            clock.now() - start < .seconds(120) && transport.requests > 10 ? .unreachable : .answer("yes")
        }
        #expect(try scene.report().isAllOK)
        let held = try scene.report().held
        #expect(try Self.share(.endpoint, scene) > 0.9, "\(held.text ?? "-")")
    }

    @Test func waitingToTryAgain() async throws {
        let scene = try Scene(rows: 4, concurrency: 8)
        scene.settings.retry.base = .seconds(60)
        _ = try await scene.run { _, time in time == 1 ? .status(500) : .answer("yes") }
        #expect(try Self.share(.retries, scene) > 0.9)
    }

    /// What one sitting waited for is added to what those before did.
    @Test func sittingsAddUp() async throws {
        let scene = try Scene(rows: 100, concurrency: 4, requestsPerMinute: 60)
        #expect(try await scene.run(stopAfter: 50) { _, _ in .answer("yes") } == .interrupted)
        let first = try #require(try scene.report().held.times[.requestsPerMinute])
        _ = try await scene.run { _, _ in .answer("yes") }
        let both = try #require(try scene.report().held.times[.requestsPerMinute])
        #expect(first > .seconds(30))
        #expect(both - first > .seconds(30))
    }

    /// A day's limit that is used up ends the sitting, once what is in flight has landed; it says when to come again.
    @Test func aDayThatIsUsedUp() async throws {
        let scene = try Scene(rows: 30, concurrency: 4)
        let clock = scene.timekeeper
        let start = clock.now()
        scene.furnish = { outlet, _ in
            outlet.control = EndpointControl(
                limits: Limits(concurrency: .fixed(4), requestsPerDay: 12), now: start)
        }
        guard case .dayIsUsed(let time) = try await scene.run({ _, _ in .answer("yes") }) else {
            return #expect(Bool(false), "it must end with the day")
        }
        #expect(scene.transport.requests == 12)
        #expect(time - start > .seconds(86_000))
        #expect(time - start <= .seconds(86_400 + 1_800))
        let report = try scene.report()
        #expect(report.totals[.ok] == 12)
        #expect(report.inFlight == 0)
        #expect(report.state == "stopped: the day's limit")
    }

    /// Also where all that is left are rows to be tried again.
    @Test func aDayThatIsUsedUpByRowsThatFailed() async throws {
        let scene = try Scene(rows: 6, concurrency: 4)
        let start = scene.timekeeper.now()
        scene.furnish = { outlet, _ in
            outlet.control = EndpointControl(
                limits: Limits(concurrency: .fixed(4), requestsPerDay: 6), now: start)
        }
        let end = try await scene.run { id, _ in id == "r0" ? .status(500) : .answer("yes") }
        guard case .dayIsUsed = end else { return #expect(Bool(false), "\(end)") }
        #expect(scene.transport.requests == 6)
        #expect(try scene.report().totals[.ok] == 5)
    }
}

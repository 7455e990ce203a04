import Testing

@testable import Sluice

/// Whole runs of the dispatcher over several endpoints.
@Suite(.timeLimit(.minutes(2))) struct SeveralEndpointsTests {
    private static let revoked = ScriptedTransport.Reply.json(401, #"{"error":{"message":"Incorrect API key"}}"#)
    private static let noModel = ScriptedTransport.Reply.json(
        404, #"{"error":{"message":"no such model","code":"model_not_found"}}"#)

    private func expectEven(_ scene: Scene) throws {
        let queue = try Queue(reading: scene.folder.file("queue.db"))
        #expect(try queue.closingBalance(of: queue.run(named: nil))?.differences == [])
    }

    private func attempts(_ scene: Scene) throws -> [String: Int] {
        let totals = try scene.report().endpoints
        return Dictionary(uniqueKeysWithValues: totals.map { ($0.endpoint, $0.counts.attempts) })
    }

    @Test func allTakeFromOneQueueAndTheLedgerSaysWhoAnswered() async throws {
        let scene = try Scene(rows: 400, endpoints: 3)
        let end = try await scene.run({ _, _ in .answer("a") }, { _, _ in .answer("b") }, { _, _ in .answer("c") })
        #expect(end == .complete)
        #expect(try scene.report().isAllOK)
        let attempts = try attempts(scene)
        #expect(Set(attempts.keys) == ["e0", "e1", "e2"])
        for (number, transport) in scene.transports.enumerated() {
            #expect(transport.requests == attempts["e\(number)"])
            #expect(transport.requests > 0)
            #expect(transport.mostAtOnce <= 8)
        }
        #expect(attempts.values.reduce(0, +) == 400)
        // Whose answer it is, by the answer itself.
        #expect(
            try scene.count(
                """
                SELECT count(*) FROM attempts a JOIN results x ON x.attempt_id = a.id
                WHERE json_extract(x.answer, '$.choices[0].message.content')
                  IS NOT CASE a.endpoint_name WHEN 'e0' THEN 'a' WHEN 'e1' THEN 'b' ELSE 'c' END
                  OR a.endpoint <> 'http://' || a.endpoint_name || '/v1'
                """) == 0)
        try expectEven(scene)
    }

    @Test func anEndpointWhoseKeyIsRevokedStopsAlone() async throws {
        let scene = try Scene(rows: 200, endpoints: 2)
        let end = try await scene.run(
            { _, _ in .answer("yes") },
            { [count = scene.transports[1]] _, _ in count.requests > 10 ? Self.revoked : .answer("yes") })
        #expect(end == .complete)
        #expect(
            scene.stops == [
                EndpointStop(
                    endpoint: EndpointLabel(name: "e1", url: "http://e1/v1"),
                    reason: .stopped(.unauthorized, words: "Incorrect API key"))
            ])
        let report = try scene.report()
        #expect(report.isAllOK)
        // Nothing more was sent there than was on its way, and it was none of the rows' faults.
        #expect(scene.transports[1].requests < 30)
        #expect(report.totals.retries == 0)
        #expect(try scene.count("SELECT max(attempts) FROM states") == 1)
        try expectEven(scene)
    }

    @Test func whereAllStopTheRunEndsWithEachOnesWords() async throws {
        let scene = try Scene(rows: 100, endpoints: 2)
        let end = try await scene.run(
            { _, _ in Self.revoked },
            { _, _ in .json(429, #"{"error":{"message":"balance gone","code":"insufficient_quota"}}"#) })
        guard case .stopped(_, let words) = end else {
            Issue.record("ended as \(end)")
            return
        }
        #expect(words == "e0: Incorrect API key (unauthorized); e1: balance gone (quota)")
        let report = try scene.report()
        #expect(report.unsent == 100)
        #expect(report.inFlight == 0)
        #expect(scene.transports.allSatisfy { $0.requests <= 16 })
        #expect(try await scene.run({ _, _ in .answer("a") }, { _, _ in .answer("b") }) == .complete)
        #expect(try scene.report().isAllOK)
        try expectEven(scene)
    }

    @Test func theRowsOfADeadEndpointMoveOnAtOnce() async throws {
        let scene = try Scene(rows: 200, endpoints: 2)
        let end = try await scene.run({ _, _ in .unreachable }, { _, _ in .answer("yes") })
        #expect(end == .complete)
        let report = try scene.report()
        #expect(report.isAllOK)
        #expect(report.totals.attempts == 200)
        #expect(try attempts(scene) == ["e1": 200])
        #expect(try scene.count("SELECT max(attempts) FROM states") == 1)
        try expectEven(scene)
    }

    @Test func oneThatFailsRestsAndItsRowsMoveOn() async throws {
        let scene = try Scene(rows: 300, endpoints: 2)
        let end = try await scene.run({ _, _ in .status(500) }, { _, _ in .answer("yes") })
        #expect(end == .complete)
        let report = try scene.report()
        #expect(report.isAllOK)
        // Ten in a row, what was in flight with them, and a probe now and then.
        #expect(scene.transports[0].requests < 120)
        #expect(try scene.count("SELECT max(attempts) FROM states") ?? 9 <= 3)
        try expectEven(scene)
    }

    @Test func oneThatDoesNotKnowTheModelStopsWithoutARowLost() async throws {
        let scene = try Scene(rows: 300, endpoints: 2)
        let end = try await scene.run({ _, _ in Self.noModel }, { _, _ in .answer("yes") })
        #expect(end == .complete)
        #expect(
            scene.stops.map(\.reason) == [
                .stopped(.rejected, words: "each of its first 20 answers was HTTP 404: no such model")
            ])
        #expect(try scene.report().isAllOK)
        #expect(scene.transports[0].requests < 40)
        try expectEven(scene)
    }

    @Test func aRequestThatAllTurnDownHasFailed() async throws {
        let scene = try Scene(rows: 50, endpoints: 2)
        let script: Scene.Script = { id, _ in id == "r7" ? .status(400) : .answer("yes") }
        let end = try await scene.run(script, script)
        #expect(end == .complete)
        let report = try scene.report()
        #expect(report.totals[.failed] == 1)
        #expect(report.totals[.ok] == 49)
        #expect(report.totals.attempts <= 51)
        try expectEven(scene)
    }

    /// Where there is nobody else to ask, a million rows are not failed for the endpoint's fault.
    @Test func theOnlyEndpointThatTurnsAllDownEndsTheRun() async throws {
        let scene = try Scene(rows: 500, concurrency: 4)
        let end = try await scene.run { _, _ in Self.noModel }
        #expect(end == .stopped(.rejected, words: "each of its first 20 answers was HTTP 404: no such model"))
        let report = try scene.report()
        #expect((20...24).contains(report.totals[.failed]))
        #expect(report.unsent == 500 - report.totals[.failed])
        try expectEven(scene)
    }

    @Test func eachHasItsPriceAndItsNamesOfModels() async throws {
        let scene = try Scene(rows: 60, endpoints: 2)
        scene.furnish = { outlet, number in
            outlet.models = number == 1 ? .always("small") : .asAsked
            let dollar = Money(dollars: number == 1 ? "1" : "10") ?? .zero
            outlet.price = Pricing(Price(input: dollar, output: dollar))
        }
        _ = try await scene.run({ _, _ in .answer("a") }, { _, _ in .answer("b") })
        let report = try scene.report()
        #expect(report.isAllOK)
        #expect(report.endpoints.count == 2)
        for (endpoint, picoDollars) in zip(report.endpoints, [30_000_000, 3_000_000] as [Int64]) {
            #expect(endpoint.counts.cost.picoDollars == picoDollars * Int64(endpoint.counts.attempts))
            #expect(endpoint.counts.costUnknown == 0)
        }
        #expect(
            try scene.count("SELECT count(*) FROM attempts WHERE asked_model IS NOT 'small' AND endpoint_name = 'e1'")
                == 0)
        #expect(
            try scene.count("SELECT count(*) FROM attempts WHERE asked_model NOTNULL AND endpoint_name = 'e0'") == 0)
        for number in 0..<60 {
            let sent = scene.transports.map { $0.bodies(of: "r\(number)") }
            #expect(sent[0].allSatisfy { $0.hasPrefix(#"{"model":"m","messages"#) })
            #expect(sent[1].allSatisfy { $0.hasPrefix(#"{"model":"small","messages"#) })
            #expect(sent[0].count + sent[1].count == 1)
        }
        try expectEven(scene)
    }

    @Test func oneThatComesBackTakesItsShareAgain() async throws {
        // A request a second at each, so that time passes.
        let scene = try Scene(rows: 400, requestsPerMinute: 60, endpoints: 2)
        let clock = scene.timekeeper
        let start = clock.now()
        let end = try await scene.run(
            { _, _ in
                (.seconds(20)..<(.seconds(80))).contains(clock.now() - start) ? .unreachable : .answer("a")
            }, { _, _ in .answer("b") })
        #expect(end == .complete)
        let report = try scene.report()
        #expect(report.isAllOK)
        #expect(report.totals.attempts == 400)
        // Both at work 400 rows take 200 s; one lacked for a minute.
        let time = clock.now() - start
        #expect(time > .seconds(225))
        #expect(time < .seconds(240))
        try expectEven(scene)
    }

    @Test func onePauseOfHoursStopsOnlyWhoAskedForIt() async throws {
        let scene = try Scene(rows: 100, endpoints: 2)
        let end = try await scene.run({ _, _ in .status(429, retryAfter: 9000) }, { _, _ in .answer("yes") })
        #expect(end == .complete)
        #expect(scene.stops.map(\.reason).map(\.wait) == [.seconds(9000)])
        #expect(try scene.report().isAllOK)
        try expectEven(scene)
    }

    @Test func theRateOfOneHoldsNoneOfTheOthers() async throws {
        let scene = try Scene(rows: 200, endpoints: 2)
        let start = scene.timekeeper.now()
        scene.furnish = { outlet, number in
            guard number == 0 else { return }
            outlet.control = EndpointControl(
                limits: Limits(concurrency: .fixed(8), requestsPerMinute: 60), now: scene.timekeeper.now())
        }
        _ = try await scene.run({ _, _ in .answer("a") }, { _, _ in .answer("b") })
        #expect(try scene.report().isAllOK)
        let seconds = (scene.timekeeper.now() - start).inSeconds
        #expect(Double(scene.transports[0].requests) <= seconds + 2)
        #expect(scene.transports[0].requests > 0)
        #expect(scene.transports[1].requests > 0)
    }

    @Test func aSittingThatIsStoppedGoesOnLater() async throws {
        let scene = try Scene(rows: 300, endpoints: 2)
        let end = try await scene.run(stopAfter: 60, { _, _ in .answer("a") }, { _, _ in .answer("b") })
        #expect(end == .interrupted)
        #expect(try scene.report().unsent > 0)
        #expect(try await scene.run({ _, _ in .answer("a") }, { _, _ in .answer("b") }) == .complete)
        #expect(try scene.report().isAllOK)
        #expect(scene.transports.reduce(0) { $0 + $1.requests } == 300)
        try expectEven(scene)
    }
}

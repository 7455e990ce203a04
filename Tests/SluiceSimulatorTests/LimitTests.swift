import JSON
import SluiceSimulator
import Testing

@Suite(.timeLimit(.minutes(1))) struct LimitTests {
    @Test func requestsOverTheLimitAreRefused() async throws {
        // One a minute: nothing flows back while the test runs.
        try await withSimulator({ $0.requestsPerMinute = 1 }) { simulator in
            let client = try RawClient(port: simulator.port)
            let first = try client.ask(chat("x"))
            #expect(first.status == 200)
            #expect(first.headers["x-ratelimit-limit-requests"] == "1")
            #expect(first.headers["x-ratelimit-remaining-requests"] == "0")
            #expect(first.headers["x-ratelimit-reset-requests"] == "1m0s")
            #expect(first.headers["x-ratelimit-limit-tokens"] == nil)
            let second = try client.ask(chat("x"))
            #expect(second.status == 429)
            #expect(second.headers["retry-after"].flatMap { Int($0) }.map { (1...60).contains($0) } == true)
            #expect(second.headers["retry-after-ms"].flatMap { Int($0) }.map { (1...60_000).contains($0) } == true)
            #expect(try second.json()["error"]?["code"]?.string == "rate_limit_exceeded")
            let statistics = simulator.statistics()
            #expect(statistics.rejected == 1)
            #expect(statistics.begun == 1)
            #expect(statistics.duplicates == 0)
        }
    }

    @Test func tokensAreChargedByWhatIsAskedFor() async throws {
        try await withSimulator({
            $0.tokensPerMinute = 1000
            $0.burstSeconds = 60
        }) { simulator in
            let client = try RawClient(port: simulator.port)
            // 1 of prompt and 2 × 300 asked for.
            let first = try client.ask(chat("x", extra: #""n":2,"max_tokens":300,"#))
            #expect(first.headers["x-ratelimit-remaining-tokens"] == "399")
            #expect(try client.ask(chat("x", extra: #""max_tokens":500,"#)).status == 429)
            let tooLarge = try client.ask(chat("x", extra: #""max_tokens":1000,"#))
            #expect(tooLarge.status == 429)
            #expect(tooLarge.headers["retry-after"] == nil)
        }
    }

    @Test(arguments: [429, 503])
    func requestsInFlight(status: Int) async throws {
        try await withSimulator({
            $0.maximumInFlight = 2
            $0.overloadStatus = status
            $0.faults = FaultPlan([.init(.stall, rate: 1)])
        }) { simulator in
            let clients = try (0..<2).map { _ in try RawClient(port: simulator.port) }
            for client in clients {
                let body = chat("x")
                try client.send("POST /chat/completions HTTP/1.1\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            }
            #expect(await simulator.wait { $0.inFlight == 2 })
            #expect(try RawClient(port: simulator.port).ask(chat("x")).status == status)
            #expect(simulator.statistics().mostInFlight == 2)
            #expect(simulator.statistics().rejected == 1)
        }
    }

    @Test func keyIsDemanded() async throws {
        try await withSimulator({ $0.key = "secret" }) { simulator in
            let client = try RawClient(port: simulator.port)
            let refused = try client.ask(chat("x"))
            #expect(refused.status == 401)
            #expect(try refused.json()["error"]?["code"]?.string == "invalid_api_key")
            #expect(try client.ask(headers: ["Authorization: Bearer secreT"], chat("x")).status == 401)
            #expect(try client.ask(headers: ["authorization: Bearer secret"], chat("x")).status == 200)
            #expect(try client.ask(headers: ["API-Key: secret"], chat("x")).status == 200)
            #expect(simulator.statistics().begun == 2)
        }
    }

    @Test func quotaIsExactWhileFaultsDoNotCount() async throws {
        try await withSimulator({
            $0.quota = 2
            $0.faults = FaultPlan([.init(.status(500), rate: 1)], onFirstAttemptOnly: true)
        }) { simulator in
            let client = try RawClient(port: simulator.port)
            let statuses = try ["x", "x", "y", "x", "x"].map { try client.ask(chat($0)).status }
            #expect(statuses == [500, 200, 500, 200, 429])
            let refused = try client.ask(chat("z"))
            #expect(try refused.json()["error"]?["code"]?.string == "insufficient_quota")
            #expect(refused.headers["retry-after"] == nil)
        }
    }

    @Test func statusAfterSomeAnswers() async throws {
        try await withSimulator({ $0.statusAfter = .init(answers: 1, status: 401) }) { simulator in
            let client = try RawClient(port: simulator.port)
            #expect(try (0..<3).map { _ in try client.ask(chat("x")).status } == [200, 401, 401])
        }
    }
}

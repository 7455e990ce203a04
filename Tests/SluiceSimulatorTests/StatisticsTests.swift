import JSON
import SluiceSimulator
import Testing

@Suite(.timeLimit(.minutes(1))) struct StatisticsTests {
    @Test func duplicatesAreOfPathAndBody() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            for prompt in ["x", "y", "x", "x"] { _ = try client.ask(chat(prompt)) }
            _ = try client.ask("POST", "/chat/completions", chat("x"))
            let statistics = simulator.statistics()
            #expect(statistics.requests == 5)
            #expect(statistics.answered == 5)
            #expect(statistics.distinctBodies == 3)
            #expect(statistics.duplicates == 2)
            #expect(statistics.answeredAgain == 2)
        }
    }

    @Test func withoutTrackingThereAreNone() async throws {
        try await withSimulator({ $0.tracksDuplicates = false }) { simulator in
            let client = try RawClient(port: simulator.port)
            for _ in 0..<3 { _ = try client.ask(chat("x")) }
            #expect(simulator.statistics().duplicates == 0)
            #expect(simulator.statistics().answered == 3)
        }
    }

    @Test func retriesOfFailuresAreNotPaidForTwice() async throws {
        try await withSimulator({
            $0.faults = FaultPlan([.init(.status(500), rate: 1)], onFirstAttemptOnly: true)
        }) { simulator in
            let client = try RawClient(port: simulator.port)
            for _ in 0..<2 { _ = try client.ask(chat("x")) }
            #expect(simulator.statistics().duplicates == 1)
            #expect(simulator.statistics().answeredAgain == 0)
        }
    }

    /// More bodies than a shard holds at first: the table has grown, and still knows every one.
    @Test func manyBodies() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            for _ in 0..<2 {
                for batch in 0..<10 {
                    try client.send(
                        (0..<500).map { row in
                            let body = chat("\(batch) \(row)")
                            return
                                "POST /v1/chat/completions HTTP/1.1\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                        }.joined())
                    for _ in 0..<500 { #expect(try client.response().status == 200) }
                }
            }
            #expect(simulator.statistics().distinctBodies == 5_000)
            #expect(simulator.statistics().duplicates == 5_000)
        }
    }

    @Test func shownAsJSONAndReset() async throws {
        try await withSimulator({ $0.faults = FaultPlan([.init(.status(500), rate: 1)], onFirstAttemptOnly: true) }) {
            simulator in
            let client = try RawClient(port: simulator.port)
            #expect(try client.ask("GET", "/stats").json()["first_request"]?.isNull == true)
            for _ in 0..<2 { _ = try client.ask(chat("x")) }
            let shown = try client.ask("GET", "/stats").json(JSONParser())
            #expect(shown["requests"]?.integer == 2)
            #expect(shown["answered"]?.integer == 1)
            #expect(shown["duplicates"]?.integer == 1)
            #expect(shown["by_status"]?["200"]?.integer == 1)
            #expect(shown["by_status"]?["500"]?.integer == 1)
            #expect(shown["faults"]?["500"]?.integer == 1)
            #expect(shown["most_in_flight"]?.integer == 1)
            #expect(shown["connections"]?.integer == 1)
            #expect(shown["bytes_in"]?.integer == Int64(2 * chat("x").utf8.count))
            let first = try #require(shown["first_request"]?.double)
            #expect(try #require(shown["last_request"]?.double) >= first)
            #expect(try client.ask("POST", "/stats/reset").status == 200)
            #expect(try client.ask("GET", "/stats").json()["requests"]?.integer == 0)
            // Bodies are forgotten too: the first attempt fails again.
            #expect(try client.ask(chat("x")).status == 500)
        }
    }

    @Test func severalSimulatorsAndThreads() async throws {
        try await withSimulator({ $0.threads = 2 }) { first in
            try await withSimulator { second in
                let clients = try (0..<4).map { _ in try RawClient(port: first.port) }
                for client in clients { #expect(try client.ask(chat("x")).status == 200) }
                #expect(first.statistics().answered == 4)
                #expect(first.statistics().answeredAgain == 3)
                #expect(second.statistics() == SimulatorStatistics())
            }
        }
    }

    @Test func waitingEndsWithTheTaskAndTheSimulator() async throws {
        try await withSimulator { simulator in
            let cancelled = Task { await simulator.wait { $0.requests == 1 } }
            cancelled.cancel()
            #expect(await cancelled.value == false)
            async let stopped = simulator.wait { $0.requests == 1 }
            await simulator.stop()
            #expect(await stopped == false)
        }
    }
}

import JSON
import SluiceSimulator
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite(.timeLimit(.minutes(1))) struct FaultTests {
    private func always(_ fault: Fault) -> (inout SimulatorConfiguration) -> Void {
        { $0.faults = FaultPlan([.init(fault, rate: 1)]) }
    }

    @Test(arguments: [
        ("500", Fault.status(500)), ("429", .status(429)), ("reset", .reset), ("cut", .cut), ("html502", .html502),
        ("blank-lines", .blankLines),
    ])
    func namesAreReadBack(name: String, fault: Fault) {
        #expect(Fault(name: name) == fault)
        #expect(fault.name == name)
    }

    @Test(arguments: ["", "200", "600", "Reset", "500x"])
    func otherNamesAreNot(name: String) {
        #expect(Fault(name: name) == nil)
    }

    @Test func status() async throws {
        try await withSimulator({
            $0.faults = FaultPlan([.init(.status(503), rate: 1)])
            $0.faultRetryAfter = .milliseconds(1200)
        }) { simulator in
            let response = try RawClient(port: simulator.port).ask(chat("x"))
            #expect(response.status == 503)
            #expect(response.headers["retry-after"] == "2")
            #expect(response.headers["retry-after-ms"] == "1200")
            #expect(try response.json()["error"]?["type"]?.string == "server_error")
            #expect(simulator.statistics().faults == ["503": 1])
            #expect(simulator.statistics().answered == 0)
        }
    }

    @Test func htmlPage() async throws {
        try await withSimulator(always(.html502)) { simulator in
            let response = try RawClient(port: simulator.port).ask(chat("x"))
            #expect(response.status == 502)
            #expect(response.headers["content-type"] == "text/html")
            #expect(response.text.hasPrefix("<html>"))
        }
    }

    @Test func reset() async throws {
        try await withSimulator(always(.reset)) { simulator in
            let client = try RawClient(port: simulator.port)
            #expect(throws: RawClient.Failure(code: ECONNRESET)) { try client.ask(chat("x")) }
            #expect(simulator.statistics().faults == ["reset": 1])
            #expect(simulator.statistics().inFlight == 0)
        }
    }

    @Test func closed() async throws {
        try await withSimulator(always(.closed)) { simulator in
            let client = try RawClient(port: simulator.port)
            #expect(throws: RawClient.Failure(code: 0)) { try client.ask(chat("x")) }
        }
    }

    @Test(arguments: [false, true])
    func truncated(streams: Bool) async throws {
        try await withSimulator(always(.truncated)) { simulator in
            let client = try RawClient(port: simulator.port)
            let response = try client.ask(chat("x", extra: streams ? #""stream":true,"# : ""))
            #expect(response.status == 200)
            #expect(!response.isShort)
            #expect(throws: JSONError.self) { try response.json() }
            #expect(!response.text.contains("[DONE]"))
            // Well-framed: the connection goes on.
            #expect(try client.ask(chat("y")).status == 200)
        }
    }

    @Test(arguments: [false, true])
    func cut(streams: Bool) async throws {
        try await withSimulator(always(.cut)) { simulator in
            let response = try RawClient(port: simulator.port).ask(chat("x", extra: streams ? #""stream":true,"# : ""))
            #expect(response.status == 200)
            #expect(response.isShort)
            #expect(simulator.statistics().answered == 0)
        }
    }

    @Test func badUTF8() async throws {
        try await withSimulator(always(.badUTF8)) { simulator in
            let response = try RawClient(port: simulator.port).ask(chat("x"))
            #expect(response.body.contains(0xFF))
            #expect(throws: JSONError.self) { try response.json() }
        }
    }

    @Test func errorUnderStatus200() async throws {
        try await withSimulator(always(.error200)) { simulator in
            let client = try RawClient(port: simulator.port)
            let response = try client.ask(chat("x"))
            #expect(response.status == 200)
            #expect(try response.json()["error"]?["message"]?.string != nil)
            let events = try client.ask(chat("x", extra: #""stream":true,"#)).events
            #expect(events.suffix(2).first?.hasPrefix(#"{"error":"#) == true)
            #expect(events.last == "[DONE]")
        }
    }

    @Test func emptyChoices() async throws {
        try await withSimulator(always(.emptyChoices)) { simulator in
            let response = try RawClient(port: simulator.port).ask(chat("x"))
            #expect(try response.json()["choices"]?.count == 0)
            #expect(simulator.statistics().answered == 0)
        }
    }

    @Test func blankLinesStillAnswer() async throws {
        try await withSimulator(always(.blankLines)) { simulator in
            let response = try RawClient(port: simulator.port).ask(chat("x"))
            #expect(response.body.first == 0x0A)
            #expect(try response.content() == SimulatedAnswer.content(forPrompt: "x"))
            #expect(simulator.statistics().answered == 1)
        }
    }

    @Test func stalledRequestsAreInFlightUntilTheClientGoes() async throws {
        try await withSimulator(always(.stall)) { simulator in
            var client: RawClient? = try RawClient(port: simulator.port)
            let body = chat("x")
            try client?.send("POST /v1/chat/completions HTTP/1.1\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            #expect(await simulator.wait { $0.inFlight == 1 })
            client = nil
            #expect(await simulator.wait { $0.abandoned == 1 && $0.inFlight == 0 && $0.openConnections == 0 })
        }
    }

    /// Which of a thousand bodies fail depends on the seed alone, and about the asked part does.
    @Test func faultsRepeatWithTheSeed() async throws {
        func failures(seed: UInt64, order: [Int]) async throws -> Set<Int> {
            var failed: Set<Int> = []
            try await withSimulator({
                $0.seed = seed
                $0.faults = FaultPlan([.init(.status(500), rate: 0.1), .init(.status(429), rate: 0.1)])
            }) { simulator in
                let client = try RawClient(port: simulator.port)
                for row in order where try client.ask(chat("row \(row)")).status != 200 { failed.insert(row) }
                let faults = simulator.statistics().faults
                #expect((60...140).contains(faults["500"] ?? 0))
                #expect((60...140).contains(faults["429"] ?? 0))
            }
            return failed
        }
        let first = try await failures(seed: 7, order: Array(0..<1000))
        #expect(try await failures(seed: 7, order: (0..<1000).reversed()) == first)
        #expect(try await failures(seed: 8, order: Array(0..<1000)) != first)
    }

    @Test func retriesAreDrawnAnew() async throws {
        try await withSimulator({ $0.faults = FaultPlan([.init(.status(500), rate: 0.5)]) }) { simulator in
            let client = try RawClient(port: simulator.port)
            let statuses = try (0..<64).map { _ in try client.ask(chat("x")).status }
            #expect(Set(statuses) == [200, 500])
        }
    }

    @Test func faultsOnTheFirstAttemptOnly() async throws {
        try await withSimulator({
            $0.faults = FaultPlan([.init(.status(500), rate: 1)], onFirstAttemptOnly: true)
        }) { simulator in
            let client = try RawClient(port: simulator.port)
            #expect(try client.ask(chat("x")).status == 500)
            #expect(try client.ask(chat("x")).status == 200)
            #expect(try client.ask(chat("y")).status == 500)
        }
    }
}

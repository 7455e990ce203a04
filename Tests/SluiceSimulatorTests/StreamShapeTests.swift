import JSON
import SluiceSimulator
import Testing

/// The forms that streams take, and what comes while nothing comes.
@Suite(.timeLimit(.minutes(1))) struct StreamShapeTests {
    private let streaming = #""stream":true,"#

    /// The text of a stream from a simulator whose delivery is changed.
    private func text(
        extra: String = #""stream":true,"#, _ change: (inout SimulatorConfiguration) -> Void
    ) async throws -> String {
        var text = ""
        try await withSimulator({
            $0.chunks = 3
            change(&$0)
        }) { simulator in
            text = try RawClient(port: simulator.port).ask(chat("x", extra: extra)).text
        }
        return text
    }

    @Test(arguments: [(Delivery.LineEnd.crlf, "\r\n"), (.cr, "\r"), (.lf, "\n")])
    func lineEnds(lineEnd: Delivery.LineEnd, written: String) async throws {
        let plain = Array(try await text { _ in }.utf8)
        let changed = Array(try await text { $0.imitation.delivery.lineEnd = lineEnd }.utf8)
        #expect(changed.count { $0 == 10 } == (written == "\r" ? 0 : plain.count { $0 == 10 }))
        #expect(changed.count { $0 == 13 } == (written == "\n" ? 0 : plain.count { $0 == 10 }))
        #expect(changed.suffix(2 * written.utf8.count) == Array((written + written).utf8)[...])
    }

    @Test func byteOrderMarkStandsInFront() async throws {
        let text = try await text { $0.imitation.delivery.byteOrderMark = true }
        #expect(Array(text.utf8.prefix(8)) == [0xEF, 0xBB, 0xBF] + Array("data:".utf8))
    }

    @Test func eventsOfSeveralLinesJoinToTheSameJSON() async throws {
        let split = try await text {
            $0.imitation.delivery.splitsData = true
            $0.imitation.delivery.omitsSpace = true
        }
        let plain = try await text { _ in }
        // The time of either answer is its own.
        func timeless(_ event: some StringProtocol) -> String {
            String(event).replacing(/"created":\d+/, with: "")
        }
        let events = split.split(separator: "\n\n").map { event in
            event.split(separator: "\n").map { String($0.dropFirst("data:".count)) }
        }
        #expect(events[0].count > 3)
        #expect(events.last == ["[DONE]"])
        for event in events.dropLast() { _ = try JSONParser().parse(Array(event.joined(separator: "\n").utf8)) }
        #expect(
            events.map { timeless($0.joined()) }
                == plain.split(separator: "\n\n").map { timeless($0.dropFirst(6)) })
    }

    @Test func doneCanBeMissing() async throws {
        let text = try await text { $0.imitation.delivery.endsInDone = false }
        #expect(!text.contains("[DONE]"))
        #expect(text.contains(#""finish_reason":"stop""#))
    }

    @Test func commentsComeBeforeAndBetween() async throws {
        let text = try await text {
            $0.imitation.delivery.comment = ""
            $0.imitation.delivery.commentsBefore = 3
            $0.latency = .fixed(.milliseconds(3))
            $0.chunkInterval = .milliseconds(1)
        }
        #expect(text.hasPrefix(":\n\n:\n\n:\n\ndata: {"))
        // Role, three pieces, finish reason, [DONE]: five gaps.
        #expect(text.split(separator: "\n\n").count { $0 == ":" } == 8)
    }

    @Test func usageShapes() async throws {
        let asking = #""stream":true,"stream_options":{"include_usage":true},"#
        func usages(_ usage: Delivery.Usage, extra: String) async throws -> [Int64] {
            let text = try await text(extra: extra) { $0.imitation.delivery.usage = usage }
            return try text.split(separator: "\n\n").dropLast().compactMap { event in
                let parser = JSONParser()
                return try parser.parse(Array(event.dropFirst(6).utf8))["usage"]?["completion_tokens"]?.integer
            }
        }
        #expect(try await usages(.onRequest, extra: streaming) == [])
        #expect(try await usages(.onRequest, extra: asking) == [6])
        #expect(try await usages(.never, extra: asking) == [])
        #expect(try await usages(.always, extra: streaming) == [6])
        #expect(try await usages(.withFinish, extra: streaming) == [6])
        // 24 bytes in three pieces: role, pieces, finish reason.
        #expect(try await usages(.eachEvent, extra: streaming) == [0, 2, 4, 6, 6])
        let continuous = #""stream":true,"stream_options":{"continuous_usage_stats":true},"#
        #expect(try await usages(.onRequest, extra: continuous) == [0, 2, 4, 6, 6])
    }

    @Test(arguments: [
        (Delivery.Failure.event, #"{"error":{"message":"Simulated status 500.""#, false),
        (.eventAndDone, #"{"error":{"message":"Simulated status 500.""#, true),
        (.text, #"{"error":"Simulated status 500."}"#, false),
        (.finishReason, #""finish_reason":"error"}],"error":{"message":"#, false),
    ])
    func errorsWithin(failure: Delivery.Failure, written: String, endsInDone: Bool) async throws {
        let text = try await text {
            $0.imitation.delivery.failure = failure
            $0.faults = FaultPlan([.init(.error200, rate: 1)])
        }
        let events = text.split(separator: "\n\n")
        #expect((events.last == "data: [DONE]") == endsInDone)
        let error = events[events.count - (endsInDone ? 2 : 1)]
        #expect(error.contains(written))
        _ = try JSONParser().parse(Array(error.dropFirst(6).utf8))
        // Half of the three pieces came before.
        #expect(events.count { $0.contains(#""delta":{"content":""#) && !$0.contains("error") } == 2)
    }

    @Test(arguments: [true, false])
    func stallsThatSeemAlive(streams: Bool) async throws {
        try await withSimulator({
            $0.faults = FaultPlan([.init(.stallAlive, rate: 1)])
            $0.keepAliveInterval = .milliseconds(1)
        }) { simulator in
            var client: RawClient? = try RawClient(port: simulator.port)
            let body = chat("x", extra: streams ? streaming : "")
            try client?.send("POST /v1/chat/completions HTTP/1.1\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            let line = streams ? ": keep-alive\n\n" : "\n"
            let chunk = String(line.utf8.count, radix: 16) + "\r\n" + line + "\r\n"
            let received = try client?.receive(atLeast: 2000) ?? ""
            let start = try #require(received.firstRange(of: "\r\n\r\n"))
            let rest = received[start.upperBound...]
            #expect(rest.hasPrefix(chunk + chunk + chunk))
            #expect(!rest.contains("data:"))
            #expect(simulator.statistics().inFlight == 1)
            client = nil
            #expect(await simulator.wait { $0.abandoned == 1 && $0.inFlight == 0 })
        }
    }

    @Test(arguments: [true, false])
    func stallsHalfWay(streams: Bool) async throws {
        try await withSimulator({ $0.faults = FaultPlan([.init(.stallHalf, rate: 1)]) }) { simulator in
            var client: RawClient? = try RawClient(port: simulator.port)
            let body = chat("x", extra: streams ? streaming : "")
            try client?.send("POST /v1/chat/completions HTTP/1.1\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            let received = try client?.receive(atLeast: 300) ?? ""
            #expect(received.contains("echo") || received.contains(#""model":"m""#))
            #expect(simulator.statistics().inFlight == 1)
            client = nil
            #expect(await simulator.wait { $0.abandoned == 1 && $0.answered == 0 })
        }
    }

    @Test func connectionsThatLinger() async throws {
        try await withSimulator({ $0.imitation.delivery.lingers = true }) { simulator in
            let client = try RawClient(port: simulator.port)
            let body = chat("x", extra: streaming)
            try client.send("POST /v1/chat/completions HTTP/1.1\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            #expect(await simulator.wait { $0.answered == 1 })
            var received = ""
            while !received.contains("[DONE]") { received += try client.receive(atLeast: 1) }
            #expect(received.hasSuffix("data: [DONE]\n\n\r\n"))
            #expect(simulator.statistics().openConnections == 1)
            #expect(simulator.statistics().inFlight == 0)
        }
    }

    @Test func blankLinesBeforeAnAnswer() async throws {
        try await withSimulator({
            $0.imitation.delivery.blankLines = 3
            $0.latency = .fixed(.milliseconds(3))
        }) { simulator in
            let client = try RawClient(port: simulator.port)
            for prompt in ["x", "y"] {
                let response = try client.ask(chat(prompt))
                #expect(response.text.hasPrefix("\n\n\n{"))
                #expect(!response.isShort)
                #expect(try response.content() == SimulatedAnswer.content(forPrompt: prompt))
            }
        }
    }
}

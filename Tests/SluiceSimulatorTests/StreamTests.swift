import JSON
import SluiceSimulator
import Testing

@Suite(.timeLimit(.minutes(1))) struct StreamTests {
    /// Joins the contents of a choice's deltas.
    private func content(_ events: [String], choice: Int = 0) throws -> String {
        let parser = JSONParser()
        return try events.filter { $0.hasPrefix("{") }.map { event in
            let choices = try parser.parse(Array(event.utf8))["choices"]
            guard let delta = choices?[0], delta["index"]?.integer == Int64(choice) else { return "" }
            return delta["delta"]?["content"]?.string ?? ""
        }.joined()
    }

    @Test func eventsComeInOrder() async throws {
        try await withSimulator({ $0.chunks = 4 }) { simulator in
            let client = try RawClient(port: simulator.port)
            let response = try client.ask(
                chat("日本語日本語", extra: #""stream":true,"stream_options":{"include_usage":true},"#))
            #expect(response.headers["content-type"] == "text/event-stream")
            let events = response.events
            // Role, four pieces, finish reason, usage, [DONE].
            try #require(events.count == 8)
            #expect(events[0].contains(#""delta":{"role":"assistant","content":""}"#))
            #expect(events[5].contains(#""delta":{},"finish_reason":"stop"}],"usage":null}"#))
            #expect(events[6].contains(#""choices":[],"usage":{"prompt_tokens":5,"completion_tokens":10,"#))
            #expect(events[7] == "[DONE]")
            #expect(try content(events) == SimulatedAnswer.content(forPrompt: "日本語日本語"))
            #expect(try client.ask(chat("x")).status == 200)
        }
    }

    @Test func usageIsSentOnlyWhenAskedFor() async throws {
        try await withSimulator { simulator in
            let response = try RawClient(port: simulator.port).ask(chat("x", extra: #""stream":true,"#))
            #expect(!response.text.contains("usage"))
            #expect(response.events.last == "[DONE]")
        }
    }

    @Test func choicesAreInterleaved() async throws {
        try await withSimulator { simulator in
            let response = try RawClient(port: simulator.port).ask(
                chat("x", extra: #""stream":true,"n":2,"max_tokens":6,"#))
            #expect(try content(response.events, choice: 0) == SimulatedAnswer.content(forPrompt: "x"))
            #expect(
                try content(response.events, choice: 1)
                    == String(SimulatedAnswer().content(forPrompt: "x", choice: 1).prefix(24)))
            #expect(response.text.contains(#""finish_reason":"length""#))
        }
    }

    @Test func pacedPiecesAddUpToTheSameAnswer() async throws {
        try await withSimulator({ $0.chunkInterval = .microseconds(100) }) { simulator in
            let client = try RawClient(port: simulator.port)
            for prompt in ["x", "y"] {
                let response = try client.ask(chat(prompt, extra: #""stream":true,"#))
                #expect(try content(response.events) == SimulatedAnswer.content(forPrompt: prompt))
            }
            let statistics = simulator.statistics()
            #expect(statistics.answered == 2)
            #expect(statistics.inFlight == 0)
        }
    }

    @Test func streamsToOldClientsEndWithTheConnection() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            let body = chat("x", extra: #""stream":true,"#)
            try client.send("POST /v1/chat/completions HTTP/1.0\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            let response = try client.response()
            #expect(response.headers["transfer-encoding"] == nil)
            #expect(response.events.last == "[DONE]")
        }
    }
}

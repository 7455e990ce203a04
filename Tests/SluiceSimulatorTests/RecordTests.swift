import JSON
import SluiceSimulator
import Testing

/// What arrived, as it is shown.
@Suite(.timeLimit(.minutes(1))) struct RecordTests {
    @Test func requestsAreShownWithoutTheirKeys() async throws {
        let recorder = RequestRecorder()
        try await withSimulator({ $0.recorder = recorder }) { simulator in
            let client = try RawClient(port: simulator.port)
            let body = chat("日本 \\n")
            _ = try client.ask(
                "POST", "/v1/chat/completions?api-version=1&key=sk-secret",
                headers: ["Authorization: Bearer sk-secret", "X-Title: mine", "Api-Key: sk-secret"], body)
            _ = try client.ask("GET", "/v1/absent")
            _ = try client.ask("GET", "/stats")
            let shown = try client.ask("GET", "/requests")
            #expect(!shown.text.contains("sk-secret"))
            let hash = String(SimulatedAnswer.fnv1a(Array("sk-secret".utf8)), radix: 16)
            let json = try shown.json()
            #expect(json["requests"]?.count == 2)
            #expect(json["dropped"]?.integer == 0)
            let first = json["requests"]?[0]
            #expect(first?["method"]?.string == "POST")
            #expect(first?["path"]?.string == "/v1/chat/completions")
            #expect(first?["query"]?.string?.hasPrefix("api-version=1&key=fnv1a:") == true)
            #expect(first?["query"]?.string?.hasSuffix(hash) == true)
            #expect(first?["body"]?.string == body)
            let headers = first?["headers"]?.elements.map { "\($0[0]?.string ?? ""): \($0[1]?.string ?? "")" } ?? []
            #expect(headers.contains("X-Title: mine"))
            #expect(headers.contains { $0.hasPrefix("Authorization: Bearer fnv1a:") && $0.hasSuffix(hash) })
            #expect(headers.contains { $0.hasPrefix("Api-Key: fnv1a:") && $0.hasSuffix(hash) })
            #expect(json["requests"]?[1]?["path"]?.string == "/v1/absent")
            #expect(json["requests"]?[1]?["query"]?.isNull == true)
            // In the same process everything is as it came.
            #expect(recorder.requests[0].header("authorization") == "Bearer sk-secret")
            #expect(recorder.requests[0].path == "/v1/chat/completions")
            #expect(recorder.requests[0].query == "api-version=1&key=sk-secret")
            #expect(try client.ask("POST", "/requests/reset").status == 200)
            #expect(try client.ask("GET", "/requests").json()["requests"]?.count == 0)
        }
    }

    @Test func bodiesThatAreNotTextAreShownAllTheSame() async throws {
        try await withSimulator({ $0.recorder = RequestRecorder(maximumRequests: 1) }) { simulator in
            let client = try RawClient(port: simulator.port)
            try client.send(
                Array("POST /v1/embeddings HTTP/1.1\r\nContent-Length: 4\r\n\r\n".utf8) + [0x3C, 0x62, 0x3E, 0xFF])
            #expect(try client.response().status == 400)
            _ = try client.ask(chat("x"))
            let json = try client.ask("GET", "/requests").json()
            #expect(json["requests"]?[0]?["body_base64"]?.string == "PGI+/w==")
            #expect(json["dropped"]?.integer == 1)
        }
    }

    @Test func withoutARecorderThereIsNothingToShow() async throws {
        try await withSimulator { simulator in
            let response = try RawClient(port: simulator.port).ask("GET", "/requests")
            #expect(response.status == 404)
        }
    }
}

import JSON
import SluiceSimulator
import Testing

@Suite(.timeLimit(.minutes(1))) struct ConnectionTests {
    private func request(_ body: String, _ headers: String = "") -> String {
        "POST /v1/chat/completions HTTP/1.1\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// Answers come in the order of the requests, also where each has a delay of its own.
    @Test(arguments: [LatencyDistribution.none, .lognormal(mean: .microseconds(50), sigma: 1)])
    func pipelinedRequests(latency: LatencyDistribution) async throws {
        try await withSimulator({ $0.latency = latency }) { simulator in
            let client = try RawClient(port: simulator.port)
            try client.send((0..<500).map { request(chat("row \($0)")) }.joined())
            for row in 0..<500 {
                #expect(try client.response().content() == SimulatedAnswer.content(forPrompt: "row \(row)"))
            }
            #expect(simulator.statistics().connections == 1)
            #expect(simulator.statistics().mostInFlight == 1)
        }
    }

    @Test func bodiesInChunksAndSingleBytes() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            let body = chat("x")
            try client.send("POST /v1/chat/completions HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
            for byte in body.utf8 { try client.send(Array("1\r\n".utf8) + [byte] + Array("\r\n".utf8)) }
            try client.send("0\r\n\r\n")
            #expect(try client.response().content() == SimulatedAnswer.content(forPrompt: "x"))
            #expect(try client.ask(body).status == 200)
            #expect(simulator.statistics().duplicates == 1)
        }
    }

    @Test func expectedContinue() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            let body = chat("x")
            try client.send(
                "POST /v1/chat/completions HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
            )
            #expect(try client.response().status == 100)
            try client.send(body)
            #expect(try client.response().status == 200)
        }
    }

    @Test func bodiesOverTheLimitAreRefused() async throws {
        try await withSimulator({ $0.maximumBodyBytes = 100 }) { simulator in
            let large = chat(String(repeating: "x", count: 100))
            let client = try RawClient(port: simulator.port)
            #expect(try client.ask(large).status == 413)
            #expect(try client.isAtEnd())
            let chunked = try RawClient(port: simulator.port)
            try chunked.send("POST /v1/chat/completions HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
            try chunked.send("80\r\n\(String(repeating: "x", count: 128))\r\n0\r\n\r\n")
            #expect(try chunked.response().status == 413)
            let patient = try RawClient(port: simulator.port)
            try patient.send(
                "POST /v1/chat/completions HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 101\r\n\r\n")
            #expect(try patient.response().status == 413)
            #expect(simulator.statistics().byStatus == [413: 3])
        }
    }

    @Test func largeBodyAndAnswer() async throws {
        try await withSimulator({ $0.answer = SimulatedAnswer(answerBytes: 3_000_000) }) { simulator in
            let prompt = String(repeating: "0123456789", count: 400_000)
            let response = try RawClient(port: simulator.port).ask(headers: ["Connection: close"], chat(prompt))
            #expect(try response.content() == SimulatedAnswer(answerBytes: 3_000_000).content(forPrompt: prompt))
            #expect(try response.json()["usage"]?["prompt_tokens"]?.integer == 1_000_000)
        }
    }

    @Test func closesWhenAsked() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            #expect(try client.ask(headers: ["Connection: close"], chat("x")).headers["connection"] == "close")
            #expect(try client.isAtEnd())
        }
    }

    @Test func whatIsNotHTTPIsRefused() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            try client.send("NOT HTTP\r\n\r\n")
            #expect(try client.response().status == 400)
            #expect(try client.isAtEnd())
        }
    }

    /// A client that goes away while its answer is due is no answer, and the endpoint serves the next.
    @Test func clientsThatVanish() async throws {
        try await withSimulator({ $0.latency = .fixed(.seconds(3600)) }) { simulator in
            var client: RawClient? = try RawClient(port: simulator.port)
            try client?.send(request(chat("x")) + request(chat("y")))
            #expect(await simulator.wait { $0.inFlight == 1 })
            client = nil
            #expect(await simulator.wait { $0.abandoned == 1 })
            #expect(simulator.statistics().answered == 0)
            #expect(simulator.statistics().begun == 1)
        }
    }

    @Test func recorderKeepsTheBytes() async throws {
        let recorder = RequestRecorder(maximumRequests: 2)
        try await withSimulator({ $0.recorder = recorder }) { simulator in
            let client = try RawClient(port: simulator.port)
            let body = #"{ "seed" :1e2, "model":"m","x":"\u00e9é",  "messages":[{"role":"user","content":"x"}]}"#
            for _ in 0..<3 { _ = try client.ask("POST", "/v1/chat/completions?a=b", headers: ["X-Thing: 1"], body) }
            #expect(recorder.requests.count == 2)
            #expect(recorder.dropped == 1)
            let request = try #require(recorder.requests.first)
            #expect(request.body == Array(body.utf8))
            #expect(request.target == "/v1/chat/completions?a=b")
            #expect(request.header("x-thing") == "1")
            #expect(request.headers.contains { $0.name == "X-Thing" })
        }
    }
}

import JSON
import SluiceSimulator
import Testing

/// What the endpoints that can be stood in for demand, and how they answer.
@Suite(.timeLimit(.minutes(1))) struct ImitationTests {
    /// The path of chat completions, the header of the key and a whole answer's status.
    private static let targets: [(name: String, target: String)] = [
        ("openai", "/v1"), ("azure", "/openai/deployments/gpt-5.2"), ("evolink", "/v1"), ("openrouter", "/api/v1"),
        ("mistral", "/v1"), ("groq", "/openai/v1"), ("deepseek", ""), ("gemini", "/v1beta/openai"),
        ("anthropic", "/v1"), ("vllm", "/v1"), ("llamacpp", "/v1"), ("ollama", "/v1"), ("litellm", "/v1"),
    ]

    private func imitate(
        _ name: String, _ change: (inout SimulatorConfiguration) -> Void = { _ in },
        _ body: (Simulator, (String) throws -> RawClient.Response) async throws -> Void
    ) async throws {
        let imitation = try #require(Imitation(named: name))
        try await withSimulator({
            $0.imitation = imitation
            change(&$0)
        }) { simulator in
            let client = try RawClient(port: simulator.port)
            let base = Self.targets.first { $0.name == name }?.target ?? ""
            let query = name == "azure" ? "?api-version=2024-10-21" : ""
            try await body(simulator) { body in
                try client.ask(
                    "POST", "\(base)/chat/completions\(query)", headers: ["Authorization: Bearer sk-1"], body)
            }
        }
    }

    @Test func thereIsOneOfEachName() {
        #expect(Imitation.all.map(\.name) == Self.targets.map(\.name))
        #expect(Imitation(named: "bard") == nil)
    }

    @Test(arguments: targets.map(\.name))
    func eachAnswersAChat(name: String) async throws {
        try await imitate(name) { simulator, ask in
            let base = Self.targets.first { $0.name == name }?.target ?? ""
            #expect(simulator.baseURL == "http://127.0.0.1:\(simulator.port)\(base)")
            let response = try ask(chat("x"))
            #expect(response.status == 200)
            #expect(try response.content() == SimulatedAnswer.content(forPrompt: "x"))
            #expect(try response.json()["usage"]?["completion_tokens"]?.integer == 6)
            let stream = try ask(chat("x", extra: #""stream":true,"#))
            #expect(stream.events.last == "[DONE]")
            for event in stream.events where event.hasPrefix("{") {
                _ = try JSONParser().parse(Array(event.utf8))
            }
            #expect(stream.text.contains(#""finish_reason":"stop""#))
        }
    }

    @Test(arguments: targets.map(\.name))
    func eachErrorIsJSON(name: String) async throws {
        try await imitate(name, { $0.faults = FaultPlan([.init(.status(500), rate: 1)]) }) { _, ask in
            let response = try ask(chat("x"))
            #expect(response.status == 500)
            let json = try response.json()
            let error = json["error"] ?? json[0]?["error"] ?? json
            let message = try #require(error["message"]?.string)
            #expect(message.contains("Simulated status 500."))
        }
    }

    @Test(arguments: [
        ("openai", 401, true), ("azure", 401, true), ("mistral", 401, true), ("gemini", 400, true),
        ("vllm", 401, false),
        ("llamacpp", 401, false), ("ollama", 200, false),
    ])
    func keys(name: String, status: Int, demandsAny: Bool) async throws {
        let imitation = try #require(Imitation(named: name))
        let base = Self.targets.first { $0.name == name }?.target ?? ""
        let target = "\(base)/chat/completions?api-version=1"
        try await withSimulator({ $0.imitation = imitation }) { simulator in
            let client = try RawClient(port: simulator.port)
            #expect(try client.ask("POST", target, chat("x")).status == (demandsAny ? status : 200))
            #expect(try client.ask("POST", target, headers: ["Authorization: Bearer any"], chat("x")).status == 200)
            let isAPIKey = try client.ask("POST", target, headers: ["api-key: any"], chat("x")).status == 200
            #expect(isAPIKey == (name == "azure" || !demandsAny))
        }
        try await withSimulator({
            $0.imitation = imitation
            $0.key = "right"
        }) { simulator in
            let client = try RawClient(port: simulator.port)
            #expect(
                try client.ask("POST", target, headers: ["Authorization: Bearer wrong"], chat("x")).status == status)
            #expect(try client.ask("POST", target, headers: ["Authorization: Bearer right"], chat("x")).status == 200)
        }
    }

    @Test(arguments: [
        ("openai", "/chat/completions"), ("openrouter", "/v1/chat/completions"), ("groq", "/v1/chat/completions"),
        ("gemini", "/v1beta/chat/completions"), ("mistral", "/v1/responses"), ("ollama", "/chat/completions"),
        ("azure", "/openai/deployments/gpt-5.2/chat/completions"),
        ("azure", "/openai/deployments/gpt-5.2/chat/completions?api-version="), ("azure", "/v1/chat/completions"),
    ])
    func otherPathsAreUnknown(name: String, target: String) async throws {
        try await imitate(name) { simulator, _ in
            let client = try RawClient(port: simulator.port)
            let response = try client.ask("POST", target, headers: ["Authorization: Bearer k"], chat("x"))
            #expect(response.status == 404)
        }
    }

    @Test func azureServesTheDeployment() async throws {
        try await imitate("azure", { $0.requestsPerMinute = 60 }) { simulator, ask in
            let response = try ask(#"{"messages":[{"role":"user","content":"x"}]}"#)
            #expect(try response.json()["model"]?.string == "gpt-5.2-2025-12-11")
            #expect(response.headers["apim-request-id"] != nil)
            #expect(response.headers["x-ratelimit-reset-requests"].flatMap { Int($0) } != nil)
            #expect(try response.json()["choices"]?[0]?["content_filter_results"] != nil)
            let refused = try ask(chat("y"))
            #expect(refused.status == 429)
            #expect(try refused.json()["error"]?["code"]?.string == "429")
            #expect(refused.headers["retry-after-ms"] != nil)
            let client = try RawClient(port: simulator.port)
            let unified = try client.ask("POST", "/openai/v1/chat/completions", headers: ["api-key: k"], chat("x"))
            // No query is needed there; the limit is still passed.
            #expect(unified.status == 429)
        }
        try await imitate("azure") { _, ask in
            let first = try ask(chat("x", extra: #""stream":true,"#)).events[0]
            #expect(first.contains(#""choices":[]"#) && first.contains("prompt_filter_results"))
        }
    }

    @Test(arguments: [
        ("openai", #""top_k":5,"#, 400, #""code":"unknown_parameter""#),
        ("openai", #""stream_options":{"include_usage":true},"#, 400, "only allowed when"),
        (
            "mistral", #""stream":true,"stream_options":{"include_usage":true},"#, 422,
            #""type":"extra_forbidden","loc":["body","stream_options"]"#
        ),
        ("mistral", #""max_completion_tokens":5,"#, 422, "max_completion_tokens"),
        ("gemini", #""seed":5,"#, 400, #"Unknown name \"seed\": Cannot find field."#),
        ("groq", #""n":2,"#, 400, "'n'"), ("anthropic", #""n":2,"#, 400, #""type":"invalid_request_error""#),
        ("deepseek", #""max_tokens":0,"#, 422, "max_tokens"),
    ])
    func requestsThatAreRefused(name: String, extra: String, status: Int, words: String) async throws {
        try await imitate(name) { simulator, ask in
            let response = try ask(chat("x", extra: extra))
            #expect(response.status == status)
            #expect(response.text.contains(words))
            #expect(simulator.statistics().begun == 0)
        }
    }

    @Test func reasonersOfOpenAIRefuseMaxTokens() async throws {
        try await imitate("openai") { _, ask in
            let refused = try ask(#"{"model":"gpt-5.2","max_tokens":5,"messages":[{"role":"user","content":"x"}]}"#)
            #expect(refused.status == 400)
            #expect(try refused.json()["error"]?["code"]?.string == "unsupported_parameter")
            let older = try ask(#"{"model":"gpt-4o","max_tokens":5,"messages":[{"role":"user","content":"x"}]}"#)
            #expect(try older.json()["choices"]?[0]?["finish_reason"]?.string == "length")
        }
    }

    @Test func ollamaKnowsFewMembers() async throws {
        try await imitate("ollama") { _, ask in
            let whole = try ask(chat("x", extra: #""max_completion_tokens":2,"n":3,"#))
            #expect(try whole.json()["choices"]?.count == 1)
            #expect(try whole.json()["choices"]?[0]?["finish_reason"]?.string == "stop")
            #expect(try whole.json()["usage"]?.count == 3)
            let cut = try ask(chat("x", extra: #""max_tokens":2,"#))
            #expect(try cut.json()["choices"]?[0]?["finish_reason"]?.string == "length")
            func image(_ address: String) -> String {
                #"{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":\#(address)}]}]}"#
            }
            #expect(try ask(image(#"{"url":"https://example.invalid/a.png"}"#)).status == 400)
            #expect(try ask(image(#""http://example.invalid/a.png""#)).status == 400)
            #expect(try ask(image(#"{"url":"data:image/png;base64,AA=="}"#)).status == 200)
        }
    }

    @Test(arguments: [
        ("evolink", 402, #""code":402"#, #""type":"insufficient_quota_error""#),
        ("openrouter", 402, #""code":402"#, #""metadata""#), ("openai", 429, #""insufficient_quota""#, "quota"),
        ("deepseek", 402, "Insufficient Balance", #""param":null"#),
        ("anthropic", 429, #"{"type":"error""#, #""error_code":"enforced_spend_limit_reached""#),
        ("gemini", 429, #"[{"error":{"code":429"#, #""status":"RESOURCE_EXHAUSTED""#),
        ("mistral", 429, #"{"object":"error""#, #""code":"1300""#), ("litellm", 429, #""code":"429""#, "litellm: "),
    ])
    func quotas(name: String, status: Int, first: String, second: String) async throws {
        try await imitate(name, { $0.quota = 0 }) { _, ask in
            let response = try ask(chat("x"))
            #expect(response.status == status)
            #expect(response.text.contains(first))
            #expect(response.text.contains(second))
        }
    }

    @Test(arguments: [("groq", 498), ("anthropic", 529), ("vllm", 503), ("deepseek", 429)])
    func overload(name: String, status: Int) async throws {
        try await imitate(name, { $0.maximumInFlight = 0 }) { _, ask in
            let response = try ask(chat("x"))
            #expect(response.status == status)
        }
        try await imitate(
            name,
            {
                $0.maximumInFlight = 0
                $0.overloadStatus = 599
            }
        ) { _, ask in
            let response = try ask(chat("x"))
            #expect(response.status == 599)
        }
    }

    @Test(
        arguments: [
            ("openai", "x-ratelimit-limit-requests", "60000"), ("groq", "x-ratelimit-limit-requests", "86400000"),
            ("mistral", "x-ratelimit-limit-req-minute", "60000"),
            ("anthropic", "anthropic-ratelimit-requests-limit", "60000"),
            ("evolink", "x-ratelimit-limit-requests", nil),
        ] as [(String, String, String?)])
    func limitHeaders(name: String, header: String, value: String?) async throws {
        try await imitate(name, { $0.requestsPerMinute = 60_000 }) { _, ask in
            let response = try ask(chat("x"))
            #expect(response.headers[header] == value)
            if name == "anthropic" {
                let reset = try #require(response.headers["anthropic-ratelimit-requests-reset"])
                #expect(reset.utf8.count == 20 && reset.hasPrefix("20") && reset.hasSuffix("Z"))
            }
        }
    }

    @Test func geminiTellsTheWaitInTheBody() async throws {
        try await imitate("gemini", { $0.requestsPerMinute = 1 }) { _, ask in
            _ = try ask(chat("x"))
            let refused = try ask(chat("y"))
            #expect(refused.headers["retry-after"] == nil)
            let delay = try refused.json()[0]?["error"]?["details"]?[0]?["retryDelay"]?.string
            #expect(delay?.hasSuffix("s") == true)
        }
    }

    @Test func costsAreTold() async throws {
        // One prompt token and six of the answer.
        try await imitate("litellm") { _, ask in
            let response = try ask(chat("x"))
            #expect(response.headers["x-litellm-response-cost"] == "0.000025")
            #expect(response.headers["x-litellm-call-id"] != nil)
        }
        try await imitate("openrouter") { _, ask in
            let response = try ask(chat("x"))
            #expect(try response.json()["usage"]?["cost"]?.double == 0.000025)
            #expect(response.headers["x-generation-id"]?.hasPrefix("gen-") == true)
            let stream = try ask(chat("x", extra: #""stream":true,"#))
            #expect(stream.text.hasPrefix(": OPENROUTER PROCESSING\n\n"))
            #expect(stream.text.contains(#""cost":0.000025"#))
        }
    }

    @Test(
        arguments: [
            ("deepseek", "reasoning_content"), ("llamacpp", "reasoning_content"), ("vllm", "reasoning"),
            ("ollama", "reasoning"), ("openrouter", "reasoning"), ("openai", nil),
        ] as [(String, String?)])
    func reasoning(name: String, member: String?) async throws {
        try await imitate(name, { $0.answer.reasoningTokens = 2 }) { _, ask in
            let message = try ask(chat("x")).json()["choices"]?[0]?["message"]
            for candidate in ["reasoning", "reasoning_content"] {
                #expect((message?[candidate] != nil) == (candidate == member))
            }
            let stream = try ask(chat("x", extra: #""stream":true,"#)).text
            #expect(stream.contains(#""delta":{"reasoning"#) == (member != nil))
        }
    }

    @Test func peculiarities() async throws {
        try await imitate("deepseek") { _, ask in
            let response = try ask(chat("x"))
            #expect(response.text.hasPrefix("\n\n\n{"))
            #expect(try response.json()["usage"]?["prompt_cache_miss_tokens"]?.integer == 1)
            #expect(try ask(chat("x", extra: #""stream":true,"#)).text.hasPrefix(": keep-alive\n\n"))
        }
        try await imitate("llamacpp") { _, ask in
            let refused = try ask("{")
            #expect(refused.status == 500)
            #expect(try ask(chat("x")).json()["timings"]?["predicted_n"]?.integer == 6)
            #expect(try ask(chat("x", extra: #""stream":true,"#)).text.hasPrefix(":\n\n"))
        }
        try await imitate("vllm") { _, ask in
            #expect(try ask(chat("x")).json()["choices"]?[0]?["stop_reason"]?.isNull == true)
            let refused = try ask("{").json()
            #expect(refused["error"]?["code"]?.integer == 400)
        }
        try await imitate("groq") { _, ask in
            let json = try ask(chat("x")).json()
            #expect(json["x_groq"]?["id"]?.string?.hasPrefix("req_") == true)
        }
    }
}

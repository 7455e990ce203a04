import JSON
import SluiceSimulator
import Testing

@Suite(.timeLimit(.minutes(1))) struct AnswerTests {
    @Test func answerHasTheSeedsShape() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            let body =
                #"{"model":"gpt-\u0035","messages":[{"role":"system","content":"Be brief."},"#
                + #"{"role":"user","content":"caf\u00e9 \"x\""},{"role":"assistant","content":null}]}"#
            let response = try client.ask(body)
            #expect(response.status == 200)
            #expect(response.headers["content-type"] == "application/json")
            #expect(response.headers["x-request-id"]?.hasPrefix("req_") == true)
            #expect(response.headers["x-ratelimit-limit-requests"] == nil)
            let json = try response.json()
            #expect(json["object"]?.string == "chat.completion")
            #expect(json["model"]?.rawBytes == Array(#""gpt-\u0035""#.utf8))
            #expect(json["choices"]?.count == 1)
            #expect(json["choices"]?[0]?["finish_reason"]?.string == "stop")
            #expect(try response.content() == SimulatedAnswer.content(forPrompt: "café \"x\""))
            // 9 bytes of one message and 9 of the other; 31 of content.
            #expect(json["usage"]?["prompt_tokens"]?.integer == 5)
            #expect(json["usage"]?["completion_tokens"]?.integer == 8)
            #expect(json["usage"]?["total_tokens"]?.integer == 13)
            #expect(json["usage"]?["output_tokens"]?.integer == 0)
            #expect(json["usage"]?["input_tokens_details"]?.isNull == true)
        }
    }

    @Test func partsAreJoinedAndTheLastUserMessageCounts() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            let response = try client.ask(
                #"{"model":"m","messages":[{"role":"user","content":"first"},{"role":"user","content":"#
                    + #"[{"type":"text","text":"a "},{"type":"image_url","image_url":{"url":"x"}},"#
                    + #"{"type":"text","text":"b"}]}]}"#)
            #expect(try response.content() == SimulatedAnswer.content(forPrompt: "a b"))
        }
    }

    @Test(arguments: [
        "/v1/chat/completions", "/chat/completions", "/openai/deployments/x/chat/completions?api-version=1",
    ])
    func anyBasePathIsServed(target: String) async throws {
        try await withSimulator { simulator in
            #expect(simulator.baseURL == "http://127.0.0.1:\(simulator.port)/v1")
            let response = try RawClient(port: simulator.port).ask("POST", target, chat("x"))
            #expect(response.status == 200)
        }
    }

    @Test func severalChoices() async throws {
        try await withSimulator { simulator in
            let response = try RawClient(port: simulator.port).ask(chat("x", extra: #""n":3,"#))
            #expect(try response.json()["choices"]?.count == 3)
            #expect(try response.json()["choices"]?[2]?["index"]?.integer == 2)
            #expect(try response.content(choice: 2) == SimulatedAnswer().content(forPrompt: "x", choice: 2))
        }
    }

    @Test(arguments: ["max_tokens", "max_completion_tokens"])
    func maximumTokensCut(name: String) async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            // 22 bytes of "echo:… ", then é at bytes 22 and 23: a cut at 24 keeps it, one at 20 cuts before.
            let cut = try client.ask(chat("éé", extra: "\"\(name)\":6,"))
            #expect(try cut.json()["choices"]?[0]?["finish_reason"]?.string == "length")
            #expect(try cut.content()?.utf8.count == 24)
            #expect(try cut.json()["usage"]?["completion_tokens"]?.integer == 6)
            let odd = try client.ask(chat("xéé", extra: "\"\(name)\":6,"))
            #expect(try odd.content()?.utf8.count == 23)
            let whole = try client.ask(chat("éé", extra: "\"\(name)\":7,"))
            #expect(try whole.json()["choices"]?[0]?["finish_reason"]?.string == "stop")
        }
    }

    @Test func gzipIsSentToThoseWhoAcceptIt() async throws {
        try await withSimulator({ $0.gzip = true }) { simulator in
            let client = try RawClient(port: simulator.port)
            let packed = try client.ask(headers: ["Accept-Encoding: deflate, gzip"], chat("x"))
            #expect(packed.headers["content-encoding"] == "gzip")
            #expect(packed.body.prefix(3) == [0x1F, 0x8B, 8])
            let plain = try client.ask(headers: ["Accept-Encoding: deflate"], chat("x"))
            #expect(plain.headers["content-encoding"] == nil)
            // Stored: behind ten bytes of header and five of the block's stand the bytes as they are.
            #expect(packed.body.count == plain.body.count + 23)
            #expect(packed.body[15...].starts(with: Array("{\"id\":".utf8)))
        }
    }

    @Test(
        arguments: [
            ("", nil, nil), ("{", nil, nil), ("[]", nil, nil),
            (#"{"messages":[{"role":"user","content":"x"}]}"#, nil, nil),
            (#"{"model":"m"}"#, "messages", "missing_required_parameter"),
            (#"{"model":7,"messages":[{"role":"user","content":"x"}]}"#, "model", "invalid_type"),
            (#"{"model":"m","messages":[]}"#, "messages", "empty_array"),
            (#"{"model":"m","messages":["x"]}"#, "messages", "invalid_type"),
            (#"{"model":"m","messages":[{"content":"x"}]}"#, "messages", "invalid_type"),
            (#"{"model":"m","n":0,"messages":[{"role":"user"}]}"#, "n", "invalid_type"),
            (#"{"model":"m","max_tokens":1.5,"messages":[{"role":"user"}]}"#, "max_tokens", "invalid_type"),
            (#"{"model":"m","stream":"yes","messages":[{"role":"user"}]}"#, "stream", "invalid_type"),
        ] as [(String, String?, String?)])
    func badRequests(body: String, parameter: String?, code: String?) async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            let response = try client.ask(body)
            #expect(response.status == 400)
            let error = try #require(try response.json()["error"])
            #expect(error["type"]?.string == "invalid_request_error")
            #expect(error["param"]?.string == parameter)
            #expect(error["code"]?.string == code)
            #expect(error["message"]?.string?.isEmpty == false)
            // The connection goes on.
            #expect(try client.ask(chat("x")).status == 200)
            #expect(simulator.statistics().byStatus == [200: 1, 400: 1])
        }
    }

    @Test func otherPathsAndMethods() async throws {
        try await withSimulator({ $0.models = ["a", "b\""] }) { simulator in
            let client = try RawClient(port: simulator.port)
            let models = try client.ask("GET", "/v1/models")
            #expect(try models.json()["data"]?.count == 2)
            #expect(try models.json()["data"]?[1]?["id"]?.string == "b\"")
            #expect(try client.ask("GET", "/v1/chat/completions").status == 405)
            #expect(try client.ask("GET", "/v1/files").status == 404)
            #expect(simulator.statistics().requests == 0)
        }
    }
}

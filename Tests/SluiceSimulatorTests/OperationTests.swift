import JSON
import SluiceSimulator
import Testing

/// The endpoints beside chat completions.
@Suite(.timeLimit(.minutes(1))) struct OperationTests {
    @Test func responses() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            let response = try client.ask(
                "POST", "/v1/responses",
                #"{"model":"m","instructions":"Brief.","input":[{"role":"user","content":"first"},"#
                    + #"{"type":"function_call_output","call_id":"c","output":"o"},"#
                    + #"{"role":"user","content":[{"type":"input_text","text":"a "},{"type":"input_text","text":"b"}]}]}"#
            )
            let json = try response.json()
            #expect(json["object"]?.string == "response")
            #expect(json["status"]?.string == "completed")
            #expect(json["incomplete_details"]?.isNull == true)
            let part = json["output"]?[0]?["content"]?[0]
            #expect(part?["type"]?.string == "output_text")
            #expect(part?["text"]?.string == SimulatedAnswer.content(forPrompt: "a b"))
            // 6, 5 and 3 bytes.
            #expect(json["usage"]?["input_tokens"]?.integer == 4)
            #expect(json["usage"]?["output_tokens"]?.integer == 7)
            #expect(json["usage"]?["total_tokens"]?.integer == 11)
            #expect(json["usage"]?["prompt_tokens"] == nil)
            let text = try client.ask("POST", "/v1/responses", #"{"model":"m","input":"x"}"#)
            let content = try text.json()["output"]?[0]?["content"]?[0]?["text"]?.string
            #expect(content == SimulatedAnswer.content(forPrompt: "x"))
        }
    }

    @Test func responseThatIsCut() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            let body = #"{"model":"m","input":"x","max_output_tokens":2}"#
            let json = try client.ask("POST", "/v1/responses", body).json()
            #expect(json["status"]?.string == "incomplete")
            #expect(json["incomplete_details"]?["reason"]?.string == "max_output_tokens")
            #expect(json["output"]?[0]?["content"]?[0]?["text"]?.string?.utf8.count == 8)
        }
    }

    @Test(arguments: [("", "response.completed"), (#""max_output_tokens":2,"#, "response.incomplete")])
    func responseStream(extra: String, last: String) async throws {
        try await withSimulator({ $0.chunks = 3 }) { simulator in
            let client = try RawClient(port: simulator.port)
            let response = try client.ask(
                "POST", "/v1/responses", #"{"model":"m",\#(extra)"stream":true,"input":"x"}"#)
            let events = response.text.split(separator: "\n\n").map { $0.split(separator: "\n") }
            let names = events.map { String($0[0].dropFirst("event: ".count)) }
            #expect(names.first == "response.created")
            #expect(names.count { $0 == "response.output_text.delta" } == 3)
            #expect(names.last == last)
            var text = ""
            for (index, event) in events.enumerated() {
                let parser = JSONParser()
                let json = try parser.parse(Array(event[1].dropFirst(6).utf8))
                #expect(json["type"]?.string == names[index])
                #expect(json["sequence_number"]?.integer == Int64(index))
                if names[index] == "response.output_text.delta" { text += json["delta"]?.string ?? "" }
                if index == events.count - 1 {
                    #expect(json["response"]?["output"]?[0]?["content"]?[0]?["text"]?.string == text)
                    #expect(json["response"]?["usage"]?["input_tokens"]?.integer == 1)
                }
            }
            #expect(SimulatedAnswer.content(forPrompt: "x").hasPrefix(text))
            #expect(!response.text.contains("[DONE]"))
        }
    }

    @Test func embeddings() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            let json = try client.ask("POST", "/v1/embeddings", #"{"model":"m","input":["abcde","x"]}"#).json()
            #expect(json["data"]?.count == 2)
            #expect(json["data"]?[1]?["index"]?.integer == 1)
            #expect(json["usage"]?["prompt_tokens"]?.integer == 3)
            #expect(json["usage"]?["total_tokens"]?.integer == 3)
            #expect(json["usage"]?["completion_tokens"] == nil)
            let vector = EmbeddingVector(of: Array("x".utf8)).numbers
            #expect(vector.count == 8)
            #expect(json["data"]?[1]?["embedding"]?.elements.map { $0.double.map(Float.init) } == vector)
            #expect(vector != EmbeddingVector(of: Array("abcde".utf8)).numbers)
            let single = try client.ask(
                "POST", "/v1/embeddings", #"{"model":"m","input":"x","encoding_format":"base64","dimensions":2}"#)
            // Two 32-bit floats are eight bytes: twelve digits with one of padding.
            let text = try single.json()["data"]?[0]?["embedding"]?.string
            #expect(text?.utf8.count == 12)
            #expect(text?.hasSuffix("=") == true)
            let tokens = try client.ask("POST", "/v1/embeddings", #"{"model":"m","input":[[1,2],[3]]}"#)
            #expect(try tokens.json()["data"]?.count == 2)
        }
    }

    @Test func textCompletions() async throws {
        try await withSimulator({ $0.chunks = 4 }) { simulator in
            let client = try RawClient(port: simulator.port)
            let json = try client.ask("POST", "/v1/completions", #"{"model":"m","prompt":["x","y"],"n":2}"#).json()
            #expect(json["object"]?.string == "text_completion")
            #expect(json["choices"]?.count == 4)
            #expect(json["choices"]?[2]?["text"]?.string == SimulatedAnswer.content(forPrompt: "y"))
            #expect(json["choices"]?[3]?["text"]?.string == SimulatedAnswer().content(forPrompt: "y", choice: 1))
            let stream = try client.ask(
                "POST", "/openai/v1/completions", #"{"model":"m","prompt":"x","max_tokens":3,"stream":true}"#)
            let events = stream.events
            #expect(events.last == "[DONE]")
            // Four pieces, the finish reason and [DONE].
            #expect(events.count == 6)
            #expect(events[0].contains(#""text":"ech""#))
            #expect(events[4].contains(#""finish_reason":"length""#))
        }
    }

    @Test func moderations() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            let json = try client.ask("POST", "/v1/moderations", #"{"input":["fine","is forbidden"]}"#).json()
            #expect(json["results"]?.elements.map { $0["flagged"]?.bool } == [false, true])
            #expect(json["usage"] == nil)
        }
    }

    @Test(arguments: [
        ("/v1/responses", #"{"model":"m"}"#, "input"), ("/v1/responses", #"{"model":"m","input":7}"#, "input"),
        ("/v1/embeddings", #"{"model":"m","input":[]}"#, "input"),
        ("/v1/completions", #"{"model":"m","input":"x"}"#, "prompt"),
        ("/v1/moderations", #"{"input":[null]}"#, "input"),
        ("/v1/embeddings", #"{"model":"m","input":"x","dimensions":5000}"#, "dimensions"),
    ])
    func badRequests(target: String, body: String, parameter: String) async throws {
        try await withSimulator { simulator in
            let response = try RawClient(port: simulator.port).ask("POST", target, body)
            #expect(response.status == 400)
            #expect(try response.json()["error"]?["param"]?.string == parameter)
        }
    }

    @Test(arguments: [Fault.status(500), .truncated, .badUTF8, .emptyChoices, .error200, .blankLines])
    func faultsReachAll(fault: Fault) async throws {
        try await withSimulator({ $0.faults = FaultPlan([.init(fault, rate: 1)]) }) { simulator in
            let client = try RawClient(port: simulator.port)
            for (target, body) in [
                ("/v1/responses", #"{"model":"m","input":"x"}"#), ("/v1/embeddings", #"{"model":"m","input":"x"}"#),
                ("/v1/completions", #"{"model":"m","prompt":"x"}"#), ("/v1/moderations", #"{"input":"x"}"#),
            ] {
                let response = try client.ask("POST", target, body)
                switch fault {
                case .status: #expect(response.status == 500)
                case .truncated, .badUTF8: #expect(throws: JSONError.self) { try response.json() }
                case .error200: #expect(try response.json()["error"] != nil)
                case .emptyChoices:
                    let json = try response.json()
                    let list = json["output"] ?? json["data"] ?? json["choices"] ?? json["results"]
                    #expect(list?.count == 0)
                default: #expect(response.body.first == 0x0A)
                }
            }
            #expect(simulator.statistics().requests == 4)
        }
    }

    @Test func limitsHoldForAllTogether() async throws {
        try await withSimulator({ $0.quota = 2 }) { simulator in
            let client = try RawClient(port: simulator.port)
            #expect(try client.ask("POST", "/v1/moderations", #"{"input":"x"}"#).status == 200)
            #expect(try client.ask(chat("x")).status == 200)
            #expect(try client.ask("POST", "/v1/embeddings", #"{"model":"m","input":"x"}"#).status == 429)
            #expect(simulator.statistics().promptTokens == 2)
        }
    }
}

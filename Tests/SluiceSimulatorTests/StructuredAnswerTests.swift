import JSON
import SluiceSimulator
import Testing

/// Answers in JSON, those that fail first, and reasoning.
@Suite(.timeLimit(.minutes(1))) struct StructuredAnswerTests {
    private let asking = #""response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{}}},"#

    @Test func jsonWhereItIsAskedFor() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            let content = try client.ask(chat("日本", extra: asking)).content()
            #expect(content == SimulatedAnswer().jsonContent(forPrompt: "日本"))
            let parser = JSONParser()
            let json = try parser.parse(Array(try #require(content).utf8))
            #expect(json["n"]?.integer == 2)
            let hash = SimulatedAnswer.content(forPrompt: "日本").split(separator: " ")[0].dropFirst("echo:".count)
            #expect(json["echo"]?.string == String(hash))
            #expect(try client.ask(chat("日本")).content() == SimulatedAnswer.content(forPrompt: "日本"))
            let response = try client.ask(
                "POST", "/v1/responses", #"{"model":"m","input":"日本","text":{"format":{"type":"json_object"}}}"#)
            #expect(try response.json()["output"]?[0]?["content"]?[0]?["text"]?.string == content)
        }
    }

    @Test func formatCanBeSet() async throws {
        try await withSimulator({
            $0.answer = SimulatedAnswer(answerBytes: 200)
            $0.answer.format = .json
        }) { simulator in
            let content = try #require(try RawClient(port: simulator.port).ask(chat("x")).content())
            #expect(content.utf8.count == 200)
            #expect(try JSONParser().parse(Array(content.utf8)).kind == .object)
        }
        try await withSimulator({ $0.answer.format = .text }) { simulator in
            let content = try RawClient(port: simulator.port).ask(chat("x", extra: asking)).content()
            #expect(content == SimulatedAnswer.content(forPrompt: "x"))
        }
    }

    @Test(arguments: SimulatedAnswer.Invalid.allCases)
    func firstAnswersFail(invalid: SimulatedAnswer.Invalid) async throws {
        try await withSimulator({
            $0.answer.invalidFirst = 2
            $0.answer.invalid = invalid
        }) { simulator in
            let client = try RawClient(port: simulator.port)
            let good = SimulatedAnswer().jsonContent(forPrompt: "x")
            let first = try #require(try client.ask(chat("x", extra: asking)).content())
            switch invalid {
            case .text: #expect(first == SimulatedAnswer.content(forPrompt: "x"))
            case .fenced: #expect(first == "```json\n\(good)\n```")
            case .cut: #expect(good.hasPrefix(first) && first.utf8.count == good.utf8.count - good.utf8.count / 2)
            case .empty: #expect(first == "{}")
            }
            #expect(try client.ask(chat("x", extra: asking)).content() == first)
            #expect(try client.ask(chat("x", extra: asking)).content() == good)
            // Another conversation counts for itself.
            #expect(try client.ask(chat("y", extra: asking)).content() != SimulatedAnswer().jsonContent(forPrompt: "y"))
            simulator.resetStatistics()
            #expect(try client.ask(chat("x", extra: asking)).content() == first)
        }
    }

    @Test func aCorrectingTurnGoesOnWithTheConversation() async throws {
        try await withSimulator({ $0.answer.invalidFirst = 1 }) { simulator in
            let client = try RawClient(port: simulator.port)
            #expect(try client.ask(chat("x", extra: asking)).content() == SimulatedAnswer.content(forPrompt: "x"))
            let corrected = try client.ask(
                #"{\#(asking)"model":"m","messages":[{"role":"user","content":"x"},"#
                    + #"{"role":"assistant","content":"echo"},{"role":"user","content":"In JSON, please."}]}"#)
            #expect(try corrected.content() == SimulatedAnswer().jsonContent(forPrompt: "In JSON, please."))
        }
    }

    @Test func answersThatMeetAFaultDoNotCount() async throws {
        try await withSimulator({
            $0.answer.invalidFirst = 1
            $0.faults = FaultPlan([.init(.status(500), rate: 1)], onFirstAttemptOnly: true)
        }) { simulator in
            let client = try RawClient(port: simulator.port)
            #expect(try client.ask(chat("x", extra: asking)).status == 500)
            #expect(try client.ask(chat("x", extra: asking)).content() == SimulatedAnswer.content(forPrompt: "x"))
            #expect(try client.ask(chat("x", extra: asking)).content()?.hasPrefix("{") == true)
        }
    }

    @Test func reasoningComesFirstAndCounts() async throws {
        try await withSimulator({ $0.answer.reasoningTokens = 5 }) { simulator in
            let client = try RawClient(port: simulator.port)
            let json = try client.ask(chat("x")).json()
            let message = json["choices"]?[0]?["message"]
            #expect(message?["content"]?.string == SimulatedAnswer.content(forPrompt: "x"))
            #expect(message?["reasoning_content"]?.string?.hasPrefix("think:") == true)
            #expect(message?["reasoning_content"]?.string?.utf8.count == 20)
            #expect(json["usage"]?["completion_tokens"]?.integer == 11)
            #expect(json["usage"]?["completion_tokens_details"]?["reasoning_tokens"]?.integer == 5)
            // A limit that reasoning uses up leaves nothing to say.
            let cut = try client.ask(chat("x", extra: #""max_completion_tokens":5,"#))
            #expect(try cut.content() == "")
            #expect(try cut.json()["choices"]?[0]?["finish_reason"]?.string == "length")
            #expect(try cut.json()["usage"]?["completion_tokens"]?.integer == 5)
            // Growing the limit lets the rest come.
            let grown = try client.ask(chat("x", extra: #""max_completion_tokens":11,"#))
            #expect(try grown.content() == SimulatedAnswer.content(forPrompt: "x"))
            #expect(try grown.json()["choices"]?[0]?["finish_reason"]?.string == "stop")
            let events = try client.ask(chat("x", extra: #""stream":true,"#)).events
            #expect(events[1].contains(#""delta":{"reasoning_content":"t"}"#))
        }
    }
}

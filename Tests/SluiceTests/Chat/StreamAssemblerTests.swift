import JSON
import Testing

@testable import Sluice

@Suite struct StreamAssemblerTests {
    private func assemble(_ text: String) -> (document: String, end: StreamAssembler.End) {
        let answer = StreamedAnswer(Array(text.utf8), parser: JSONParser())
        return (String(decoding: answer.document, as: UTF8.self), answer.end)
    }

    private func chunk(_ choice: String, _ more: String = "") -> String {
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\(choice)}]\(more)}\n\n"
    }

    @Test func putsAWholeAnswerTogether() {
        let (document, end) = assemble(ChatFixtures.stream)
        #expect(document == ChatFixtures.streamDocument)
        #expect(end == .complete)
    }

    @Test func whereItWasCutMakesNoDifference() {
        let parser = JSONParser()
        for lineEnd in ["\n", "\r\n", "\r"] {
            var body: [UInt8] = []
            for byte in ChatFixtures.stream.utf8 {
                if byte == 0x0A { body += lineEnd.utf8 } else { body.append(byte) }
            }
            let expected = Array(ChatFixtures.streamDocument.utf8)
            for split in 0...body.count {
                let answer = StreamedAnswer(pieces: [body[..<split], body[split...]], parser: parser)
                #expect(answer.document == expected && answer.end == .complete, "split at \(split)")
            }
        }
    }

    @Test func everyTruncationGivesADocumentAndNeverSuccessBeforeTheEnd() throws {
        let parser = JSONParser()
        let body = Array(ChatFixtures.stream.utf8)
        let finished = try #require(body[...].find(#""tool_calls"}]"#))
        let whole = try #require(body[finished...].find("\n"))
        for length in 0...body.count {
            let answer = StreamedAnswer(Array(body[..<length]), parser: parser)
            let root = try parser.parse(answer.document)
            #expect(root["choices"]?.kind == .array)
            // The second choice has begun long before the first is finished, so only its end makes the answer whole.
            #expect(answer.end == (length >= whole ? .complete : .cutShort), "\(length) bytes")
        }
    }

    @Test func doneAloneIsEnough() {
        let (_, end) = assemble(chunk(#""delta":{"content":"x"}"#) + "data: [DONE]\n\n")
        #expect(end == .complete)
    }

    @Test(arguments: [
        (#"{"error":{"message":"m","code":500}}"#, #""error":{"message":"m","code":500}}"#),
        (#"{"error":"words"}"#, #""error":"words"}"#),
        (#"{"type":"error","message":"m"}"#, #""error":{"type":"error","message":"m"}}"#),
    ])
    func anErrorInsideIsKept(data: String, suffix: String) {
        let text = chunk(#""delta":{"content":"x"},"finish_reason":"stop""#) + "data: \(data)\n\ndata: [DONE]\n\n"
        let (document, end) = assemble(text)
        #expect(document.hasSuffix(suffix))
        #expect(end == .failed)
    }

    @Test func anErrorEventNeedNotBeJSON() {
        let (document, end) = assemble("event: error\ndata: out of \"memory\"\n\n")
        #expect(document == #"{"object":"chat.completion","choices":[],"error":"out of \"memory\""}"#)
        #expect(end == .failed)
    }

    @Test func aBrokenChunkEndsTheReading() {
        let text =
            chunk(#""delta":{"content":"x"}"#) + "data: {oops\n\n"
            + chunk(#""delta":{"content":"y"},"finish_reason":"stop""#) + "data: [DONE]\n\n"
        let (document, end) = assemble(text)
        #expect(document.contains(#""content":"x""#))
        #expect(end == .cutShort)
    }

    @Test func onlyTheLastUsageCounts() {
        let text =
            chunk(#""delta":{"content":"a"}"#, #","usage":{"completion_tokens":1}"#)
            + chunk(#""delta":{},"finish_reason":"stop""#, #","usage":{"completion_tokens":2}"#)
            + chunk(#""delta":{}"#, #","usage":null"#)
        let (document, _) = assemble(text)
        #expect(document.hasSuffix(#""usage":{"completion_tokens":2}}"#))
    }

    @Test func legacyAndUnusualDeltas() {
        let text =
            chunk(#""delta":{"function_call":{"name":"f","arguments":"{"}}"#)
            + chunk(#""delta":{"function_call":{"arguments":"}"},"annotations":[{"a":1}]}"#)
            + chunk(#""delta":{"annotations":[{"b":2}],"reasoning":"r","refusal":"no"},"stop_reason":7"#)
            + chunk(#""delta":{},"finish_reason":"function_call""#)
        let (document, _) = assemble(text)
        let expected = """
            {"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":null,\
            "refusal":"no","reasoning":"r","function_call":{"name":"f","arguments":"{}"},\
            "annotations":[{"a":1},{"b":2}]},"stop_reason":7,"finish_reason":"function_call"}]}
            """
        #expect(document == expected)
    }

    @Test func toolCallsWithoutIndexAndCustomTools() {
        func calls(_ calls: String) -> String { chunk(#""delta":{"tool_calls":[\#(calls)]}"#) }
        let text =
            calls(#"{"id":"a","function":{"name":"f","arguments":"1"}}"#)
            + calls(#"{"function":{"name":"f","arguments":"2"}}"#)
            + calls(#"{"id":"b","type":"custom","custom":{"name":"g","input":"x"}}"#)
            + calls(
                #"{"id":"b","custom":{"input":"y"}},{"index":9,"id":"c","function":{"name":"h","arguments":{"k":"v"}}}"#
            )
        let (document, end) = assemble(text)
        let expected = """
            "tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"12"}},\
            {"id":"b","type":"custom","custom":{"name":"g","input":"xy"}},\
            {"id":"c","type":"function","function":{"name":"h","arguments":"{\\"k\\":\\"v\\"}"}}]
            """
        #expect(document.contains(expected))
        #expect(end == .cutShort)
    }

    @Test func plainCompletions() {
        let text = chunk(#""text":"a","finish_reason":null"#) + chunk(#""text":"b","finish_reason":"length""#)
        let (document, end) = assemble(text)
        let choices = #""choices":[{"index":0,"text":"ab","finish_reason":"length"}]"#
        #expect(document == #"{"id":"c","object":"text_completion",\#(choices)}"#)
        #expect(end == .complete)
    }

    @Test func responsesCarryTheirWholeAnswer() {
        let text = """
            event: response.created
            data: {"type":"response.created","response":{"status":"in_progress"}}

            data: {"type":"response.output_text.delta","delta":"x"}

            data: {"type":"response.completed","response":{"status":"completed", "output":[]}}


            """
        let (document, end) = assemble(text)
        #expect(document == #"{"status":"completed", "output":[]}"#)
        #expect(end == .complete)
    }

    @Test func aResponseCutShortKeepsWhatHadCome() throws {
        let text = """
            event: response.created
            data: {"type":"response.created","response":{"id":"resp_1","object":"response","status":"in_progress",\
            "model":"m","output":[],"usage":null}}

            data: {"type":"response.output_item.added","output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[]}}

            data: {"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"Hm"}

            data: {"type":"response.output_item.done","output_index":0,"item":{"id":"rs_1","type":"reasoning", "summary":[]}}

            data: {"type":"response.output_item.added","output_index":1,"item":{"id":"msg_1","type":"message",\
            "role":"assistant","content":[]}}

            data: {"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"half \\ud83d"}

            data: {"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"\\ude00"}

            data: {"type":"response.refusal.delta","output_index":1,"content_index":1,"delta":"No"}

            data: {"type":"response.function_call_arguments.delta","output_index":2,"delta":"{\\"a\\":"}


            """
        let (document, end) = assemble(text)
        let expected = """
            {"id":"resp_1","object":"response","status":"in_progress","model":"m","output":[\
            {"id":"rs_1","type":"reasoning", "summary":[]},\
            {"id":"msg_1","type":"message","role":"assistant","content":[\
            {"type":"output_text","text":"half \\ud83d\\ude00"},{"type":"refusal","refusal":"No"}]},\
            {"type":"function_call","arguments":"{\\"a\\":"}]}
            """
        #expect(document == expected)
        #expect(end == .cutShort)
        let outcome = ChatFixtures.classify(200, text, url: "/v1/responses")
        #expect(outcome.verdict == .retry(.unusable(.cutShort), after: nil))
        #expect(AnswerReader().text(of: try #require(outcome.document), url: "/v1/responses") == "half 😀")
    }

    @Test func anErrorEndsAResponse() {
        let text = """
            data: {"type":"response.output_text.delta","delta":"x"}

            event: error
            data: {"type":"error","code":"rate_limit_exceeded","message":"Slow","param":null}


            """
        let (document, end) = assemble(text)
        #expect(document.hasPrefix(#"{"output":[{"type":"message","content":[{"type":"output_text","text":"x"}]}],"#))
        #expect(end == .failed)
        let outcome = ChatFixtures.classify(200, text, url: "/v1/responses")
        #expect(outcome.verdict == .retry(.throttled(status: 429), after: nil))
    }

    /// Mistral's thinking models begin with lists and go on with strings.
    @Test func contentInPartsIsJoined() {
        let text =
            chunk(#""delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm"}]}]}"#)
            + chunk(#""delta":{"content":[{"type":"text","text":"Ou"}]}"#)
            + chunk(#""delta":{"content":"i.","role":7},"finish_reason":"stop""#)
        let (document, _) = assemble(text)
        let message = #""message":{"role":"assistant","content":"Oui.","reasoning_content":"Hm"},"#
        #expect(document.contains(message))
    }

    @Test func soundIsJoined() {
        let text =
            chunk(#""delta":{"role":"assistant","audio":{"id":"a1","transcript":"Hel"}}"#)
            + chunk(#""delta":{"audio":{"data":"UklG"}}"#)
            + chunk(#""delta":{"audio":{"data":"Rg","transcript":"lo"}}"#)
            + chunk(#""delta":{"audio":{"expires_at":9}},"finish_reason":"stop""#)
        let (document, _) = assemble(text)
        #expect(document.contains(#""audio":{"id":"a1","expires_at":9,"data":"UklGRg","transcript":"Hello"}}"#))
        let outcome = ChatFixtures.classify(200, text)
        #expect(outcome.verdict == .settle(.ok))
        #expect(!outcome.textIsEmpty)
    }

    @Test func aChoiceThatNeverBeganIsMissed() {
        let second = #"data: {"choices":[{"index":1,"delta":{"content":"x"},"finish_reason":"stop"}]}"# + "\n\n"
        #expect(assemble(second).end == .cutShort)
        #expect(assemble(second + "data: [DONE]\n\n").end == .complete)
        #expect(assemble(second + chunk(#""delta":{},"finish_reason":"stop""#)).end == .complete)
    }

    @Test func aPlainCompletionWithoutText() {
        let text = #"data: {"object":"text_completion","choices":[{"index":0,"finish_reason":"stop"}]}"# + "\n\n"
        let choices = #""choices":[{"index":0,"text":"","finish_reason":"stop"}]"#
        #expect(assemble(text).document == #"{"object":"text_completion",\#(choices)}"#)
    }

    @Test func thousandsOfChoicesAreABrokenStream() {
        let text = (0..<200).map { "data: {\"choices\":[{\"index\":\($0),\"delta\":{}}]}\n\n" }.joined()
        #expect(assemble(text + "data: [DONE]\n\n").end == .cutShort)
        let finished = (0..<200).map { "data: {\"choices\":[{\"index\":\($0),\"finish_reason\":\"stop\"}]}\n\n" }
        #expect(assemble(finished.joined()).end == .cutShort)
    }

    @Test func theClassifierJudgesTheAssembledDocument() {
        let outcome = ChatFixtures.classify(200, ChatFixtures.stream)
        #expect(outcome.verdict == .settle(.ok))
        #expect(outcome.servedModel == "m-1")
        #expect(outcome.serviceTier == "flex")
        #expect(outcome.usage == Usage(promptTokens: 3, completionTokens: 4))
        #expect(outcome.document == Array(ChatFixtures.streamDocument.utf8))
        let slice = outcome.usageRange.flatMap { outcome.document?[$0] }
        #expect(slice?.elementsEqual(#"{"prompt_tokens":3,"completion_tokens":4}"#.utf8) == true)
    }

    @Test func theContentTypeIsEnoughForAnEmptyStream() {
        let outcome = ChatFixtures.classify(200, "\n", ["content-type": "text/event-stream; charset=utf-8"])
        #expect(outcome.verdict == .retry(.unusable(.cutShort), after: nil))
        let done = ChatFixtures.classify(200, "data: [DONE]\n\n")
        #expect(done.verdict == .retry(.unusable(.noAnswer), after: nil))
    }

    @Test func errorsInAStreamCountByTheirCode() {
        let text = chunk(#""delta":{"content":"x"}"#) + #"data: {"error":{"code":429,"message":"Slow"}}"# + "\n\n"
        let outcome = ChatFixtures.classify(200, text + "data: [DONE]\n\n")
        #expect(outcome.verdict == .retry(.throttled(status: 429), after: nil))
        let unknown = ChatFixtures.classify(200, #"data: {"error":"boom"}"# + "\n\n")
        #expect(unknown.verdict == .retry(.unusable(.error), after: nil))
        #expect(unknown.errorMessage == "boom")
    }

    @Test func aStreamCutShortKeepsItsText() {
        let outcome = ChatFixtures.classify(200, chunk(#""delta":{"content":"half"}"#))
        #expect(outcome.verdict == .retry(.unusable(.cutShort), after: nil))
        #expect(outcome.errorMessage == "the stream ended before the answer did")
        #expect(outcome.possiblyBilled)
        let text = outcome.document.flatMap { AnswerReader().text(of: $0, url: ChatFixtures.chat) }
        #expect(text == "half")
    }
}

import Testing

@testable import Sluice

@Suite struct AnswerClassTests {
    @Test(
        arguments: [
            (#""message":{"content":"x"},"finish_reason":"stop""#, ResultClass.ok, "stop"),
            (#""message":{"content":"x"},"finish_reason":null"#, .ok, nil),
            (#""message":{"content":"x"}"#, .ok, nil),
            (#""message":{"content":null,"tool_calls":[{"id":"1"}]},"finish_reason":"tool_calls""#, .ok, "tool_calls"),
            (
                #""message":{"content":null,"function_call":{"name":"f"}},"finish_reason":"function_call""#, .ok,
                "function_call"
            ),
            (#""message":{"content":"x"},"finish_reason":"brand_new""#, .ok, "brand_new"),
            (#""message":{"content":"x"},"finish_reason":"length""#, .truncated, "length"),
            (#""message":{"content":null},"finish_reason":"length""#, .truncated, "length"),
            (#""message":{"content":"x"},"finish_reason":"MAX_TOKENS""#, .truncated, "MAX_TOKENS"),
            (#""message":{"content":"x"},"finish_reason":"model_length""#, .truncated, "model_length"),
            (#""message":{"content":null},"finish_reason":"content_filter""#, .filtered, "content_filter"),
            (#""content_filter_results":{},"finish_reason":"content_filter""#, .filtered, "content_filter"),
            (#""message":{"content":null,"refusal":"No."},"finish_reason":"stop""#, .refused, "stop"),
            (#""message":{"content":null,"refusal":"No."},"finish_reason":"length""#, .refused, "length"),
            (#""message":{"content":[{"type":"refusal","refusal":"No."}]},"finish_reason":"stop""#, .refused, "stop"),
            (#""message":{"content":"x","refusal":""},"finish_reason":"stop""#, .ok, "stop"),
            (#""message":{"content":"x","refusal":null},"finish_reason":"stop""#, .ok, "stop"),
        ] as [(String, ResultClass, String?)])
    func oneChoice(inside: String, expected: ResultClass, reason: String?) {
        let outcome = ChatFixtures.classify(200, ChatFixtures.choice(inside))
        #expect(outcome.verdict == .settle(expected))
        #expect(outcome.finishReason == reason)
        #expect(outcome.errorCode == nil)
        #expect(!outcome.textIsEmpty)
    }

    @Test(
        arguments: [
            ("end_turn", .settle(.ok)), ("STOP", .settle(.ok)), ("max_output_tokens", .settle(.truncated)),
            ("model_context_window_exceeded", .settle(.truncated)), ("SAFETY", .settle(.filtered)),
            ("IMAGE_PROHIBITED_CONTENT", .settle(.filtered)), ("content_filter: RECITATION", .settle(.filtered)),
            ("sensitive", .settle(.filtered)), ("guardrail_intervened", .settle(.filtered)),
            ("refusal", .settle(.refused)), ("network_error", .retry(.unusable(.unfinished), after: nil)),
            ("content_filters", .settle(.ok)),
        ] as [(String, Verdict)])
    func knowsTheNamesOfOthers(reason: String, expected: Verdict) {
        let body = ChatFixtures.choice(#""message":{"content":"x"},"finish_reason":"\#(reason)""#)
        let outcome = ChatFixtures.classify(200, body)
        #expect(outcome.verdict == expected)
        #expect(outcome.finishReason == reason)
    }

    @Test(arguments: ["", " ", "null"])
    func anUnknownReasonNeedsAnAnswer(content: String) {
        let written = content == "null" ? content : "\"\(content)\""
        let body = ChatFixtures.choice(#""message":{"content":\#(written)},"finish_reason":"brand_new""#)
        let outcome = ChatFixtures.classify(200, body)
        #expect(outcome.verdict == .retry(.unusable(.unfinished), after: nil))
        #expect(outcome.finishReason == "brand_new")
        #expect(outcome.errorMessage == "the answer ended with brand_new")
    }

    @Test(arguments: ["error", "insufficient_system_resource", "aborted", "abort"])
    func faultsOfTheServerAreTriedAgain(reason: String) {
        let body = ChatFixtures.choice(#""message":{"content":"half"},"finish_reason":"\#(reason)""#)
        let outcome = ChatFixtures.classify(200, body)
        #expect(outcome.verdict == .retry(.unusable(.unfinished), after: nil))
        #expect(outcome.finishReason == reason)
        #expect(outcome.errorMessage == "the answer ended with \(reason)")
    }

    @Test func anErrorInsideAChoiceCountsByItsCode() {
        let error = #""error":{"code":429,"message":"Slow"}"#
        let inside = #""message":{"content":"half"},"finish_reason":"error",\#(error)"#
        let outcome = ChatFixtures.classify(200, ChatFixtures.choice(inside))
        #expect(outcome.verdict == .retry(.throttled(status: 429), after: nil))
        #expect(outcome.errorMessage == "Slow")
    }

    @Test(arguments: [
        (["stop", "stop"], Verdict.settle(.ok), "stop"), (["stop", "length"], .settle(.truncated), "length"),
        (["length", "stop", "content_filter"], .settle(.filtered), "content_filter"),
        (["content_filter", "error"], .retry(.unusable(.unfinished), after: nil), "error"),
        (["tool_calls", "stop"], .settle(.ok), "tool_calls"),
    ])
    func theWorstChoiceDecides(reasons: [String], expected: Verdict, reason: String) {
        let choices = reasons.map { #"{"message":{"content":"x"},"finish_reason":"\#($0)"}"# }
        let outcome = ChatFixtures.classify(200, #"{"choices":[\#(choices.joined(separator: ","))]}"#)
        #expect(outcome.verdict == expected)
        #expect(outcome.finishReason == reason)
    }

    @Test func refusedLiesBetweenTruncatedAndFiltered() {
        func classify(_ other: String) -> Verdict {
            let refused = #"{"message":{"refusal":"No"},"finish_reason":"stop"}"#
            let body = #"{"choices":[{"message":{"content":"x"},"finish_reason":"\#(other)"},\#(refused)]}"#
            return ChatFixtures.classify(200, body).verdict
        }
        #expect(classify("length") == .settle(.refused))
        #expect(classify("content_filter") == .settle(.filtered))
    }

    @Test(arguments: [#""""#, "null", #"" \n\t""#, "[]", #"[{"type":"text","text":""}]"#])
    func anEmptyTextIsOkAndMarked(content: String) {
        let body = ChatFixtures.choice(#""message":{"content":\#(content)},"finish_reason":"stop""#)
        let outcome = ChatFixtures.classify(200, body)
        #expect(outcome.verdict == .settle(.ok))
        #expect(outcome.textIsEmpty)
    }

    struct OtherPath: Sendable {
        let url: String
        let body: String
        let verdict: Verdict
        var reason: String?
        var isEmpty = false
    }

    @Test(arguments: [
        OtherPath(
            url: "/v1/completions", body: #"{"choices":[{"text":"x","finish_reason":"length"}]}"#,
            verdict: .settle(.truncated), reason: "length"),
        OtherPath(
            url: "/v1/completions", body: #"{"choices":[{"text":"","finish_reason":"stop"}]}"#,
            verdict: .settle(.ok), reason: "stop", isEmpty: true),
        OtherPath(
            url: "/openai/deployments/d/chat/completions?api-version=1",
            body: ChatFixtures.choice(#""message":{"content":"x"},"finish_reason":"stop""#), verdict: .settle(.ok),
            reason: "stop"),
        OtherPath(url: "/v1/embeddings", body: #"{"data":[{"embedding":[1]}]}"#, verdict: .settle(.ok)),
        OtherPath(url: "/v1/embeddings", body: #"{"data":[]}"#, verdict: .retry(.unusable(.noAnswer), after: nil)),
        OtherPath(url: "/v1/images/generations", body: #"{"data":[{"url":"u"}]}"#, verdict: .settle(.ok)),
        OtherPath(url: "/v1/moderations", body: #"{"results":[{"flagged":true}]}"#, verdict: .settle(.ok)),
        OtherPath(url: "/v1/moderations", body: #"{"results":3}"#, verdict: .retry(.unusable(.noAnswer), after: nil)),
        OtherPath(url: "/v1/rerank/", body: "{}", verdict: .settle(.ok)),
        OtherPath(url: "/v1/rerank", body: "[1]", verdict: .retry(.unusable(.noAnswer), after: nil)),
        OtherPath(
            url: "/v1/responses",
            body: """
                {"status":"completed","error":null,"output":[{"type":"reasoning"},{"type":"message","content":
                [{"type":"output_text","text":"x"}]}]}
                """,
            verdict: .settle(.ok), reason: "completed"),
        OtherPath(
            url: "/v1/responses", body: #"{"status":"completed","output":[{"type":"reasoning"}]}"#,
            verdict: .settle(.ok), reason: "completed", isEmpty: true),
        OtherPath(
            url: "/v1/responses",
            body: """
                {"status":"completed","output":[{"type":"message","content":[{"type":"refusal","refusal":"No"}]}]}
                """,
            verdict: .settle(.refused), reason: "completed"),
        OtherPath(
            url: "/v1/responses",
            body: #"{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[]}"#,
            verdict: .settle(.truncated), reason: "max_output_tokens"),
        OtherPath(
            url: "/v1/responses",
            body: #"{"status":"incomplete","incomplete_details":{"reason":"content_filter"},"output":[]}"#,
            verdict: .settle(.filtered), reason: "content_filter"),
        OtherPath(
            url: "/v1/responses", body: #"{"status":"failed","error":{"code":"rate_limit_exceeded","message":"m"}}"#,
            verdict: .retry(.throttled(status: 429), after: nil)),
        OtherPath(
            url: "/v1/responses", body: #"{"status":"failed","error":null}"#,
            verdict: .retry(.unusable(.unfinished), after: nil), reason: "failed"),
        OtherPath(url: "/v1/responses", body: #"{"output":[]}"#, verdict: .settle(.ok), isEmpty: true),
        OtherPath(url: "/v1/responses", body: "{}", verdict: .retry(.unusable(.noAnswer), after: nil)),
    ])
    func otherPathsHaveSimpleRules(path: OtherPath) {
        let outcome = ChatFixtures.classify(200, path.body, url: path.url)
        #expect(outcome.verdict == path.verdict)
        #expect(outcome.finishReason == path.reason)
        #expect(outcome.textIsEmpty == path.isEmpty)
    }

    @Test(arguments: [
        ("/v1/chat/completions", AnswerKind.chat), ("chat/completions/", .chat), ("/V1/Chat/Completions?x=/y", .chat),
        ("/v1/completions", .completion), ("completions", .completion), ("/v1/responses#f", .response),
        ("/v1/embeddings", .data), ("/v1/images/edits", .data), ("/v1/moderations", .results), ("/v1/x", .other),
        ("", .other), ("///", .other), ("/v1/chat/completions/x", .other),
    ])
    func thePathSaysWhatToExpect(url: String, expected: AnswerKind) {
        #expect(AnswerKind(url: url) == expected)
    }
}

import JSON
import Testing

@testable import Sluice

@Suite struct OutcomeClassifierTests {
    private func classify(
        _ status: Int, _ body: String, _ headers: KeyValuePairs<String, String> = [:], url: String = ChatFixtures.chat
    ) -> Outcome {
        ChatFixtures.classify(status, body, headers, url: url)
    }

    @Test func readsTheWholeAnswerOfTheStartingEndpoint() {
        var expected = Outcome(verdict: .settle(.ok), status: 200)
        expected.finishReason = "stop"
        expected.servedModel = "gpt-5.2"
        expected.usage = Usage(
            promptTokens: 13, completionTokens: 1891, totalTokens: 1904, cachedTokens: 0, reasoningTokens: 1480)
        expected.requestID = "req-1"
        let body = ChatFixtures.seed
        let outcome = classify(200, body, ["Content-Type": "application/json", "X-Request-Id": "req-1"])
        expected.usageRange = outcome.usageRange
        #expect(outcome == expected)
        let slice = outcome.usageRange.map { String(decoding: Array(body.utf8)[$0], as: UTF8.self) }
        #expect(slice?.hasPrefix(#"{"prompt_tokens":13,"#) == true)
        #expect(slice?.hasSuffix(#""input_tokens_details":null}"#) == true)
    }

    @Test(arguments: [
        (400, Verdict.settle(.failed)), (401, .stop(.unauthorized, words: "HTTP 401 with an empty body")),
        (402, .stop(.quota, words: "HTTP 402 with an empty body")),
        (403, .stop(.forbidden, words: "HTTP 403 with an empty body")), (404, .settle(.failed)),
        (405, .settle(.failed)), (408, .retry(.status(408), after: nil)), (409, .retry(.status(409), after: nil)),
        (410, .settle(.failed)), (413, .settle(.failed)), (422, .settle(.failed)),
        (425, .retry(.status(425), after: nil)), (429, .retry(.throttled(status: 429), after: nil)),
        (498, .retry(.throttled(status: 498), after: nil)), (500, .retry(.status(500), after: nil)),
        (502, .retry(.status(502), after: nil)), (503, .retry(.status(503), after: nil)),
        (504, .retry(.status(504), after: nil)), (520, .retry(.status(520), after: nil)),
        (524, .retry(.status(524), after: nil)), (529, .retry(.throttled(status: 529), after: nil)),
        (301, .settle(.failed)), (0, .settle(.failed)),
    ])
    func judgesBareStatuses(status: Int, expected: Verdict) {
        let outcome = classify(status, "")
        #expect(outcome.verdict == expected)
        #expect(outcome.errorCode == "http_\(status)")
        #expect(outcome.possiblyBilled == (status == 504 || status == 524))
    }

    @Test(arguments: [
        (429, "false", Verdict.settle(.failed)), (500, "False", .settle(.failed)),
        (400, "true", .retry(.status(400), after: .seconds(2))),
        (400, "maybe", .settle(.failed)), (401, "true", .stop(.unauthorized, words: "HTTP 401 with an empty body")),
        (429, "true", .retry(.throttled(status: 429), after: .seconds(2))),
    ])
    func obeysShouldRetryButNotOverAStop(status: Int, value: String, expected: Verdict) {
        #expect(classify(status, "", ["x-should-retry": value, "Retry-After": "2"]).verdict == expected)
    }

    @Test(arguments: [
        ("insufficient_quota", "x"), ("x", "insufficient_quota"), ("credit_balance_exhausted", "x"),
        ("organization_spend_limit_exceeded", "x"), ("project_spend_limit_exceeded", "x"),
        ("organization_usage_limit_exceeded", "x"), ("billing_not_active", "x"),
    ])
    func aSpentQuotaStops(code: String, type: String) {
        for status in [200, 429, 500] {
            let body = #"{"error":{"message":"m","code":"\#(code)","type":"\#(type)"}}"#
            #expect(classify(status, body).verdict == .stop(.quota, words: "m"), "\(status)")
        }
    }

    @Test(arguments: [
        ("", RetryCause.Unusable.empty, "HTTP 200 with an empty body"),
        (" \n\r\n", .empty, "HTTP 200 with an empty body"),
        ("<html><title>Sign in</title>", .notJSON, "HTTP 200 with an HTML page: Sign in"),
        ("{}", .noAnswer, "an answer without anything that was asked for"),
        (#"{"choices":null}"#, .noAnswer, "an answer without anything that was asked for"),
        (#"{"choices":[]}"#, .noAnswer, "an answer without anything that was asked for"),
        (#"{"choices":{}}"#, .noAnswer, "an answer without anything that was asked for"),
        (#"{"choices":[{}]}"#, .unfinished, "the answer did not end, and says nothing"),
        (#"{"choices":[3]}"#, .unfinished, "the answer did not end, and says nothing"),
        (#"{"choices":[{"finish_reason":"stop"}]}"#, .noAnswer, "an answer without anything that was asked for"),
        ("[]", .noAnswer, "an answer without anything that was asked for"),
        ("3", .noAnswer, "an answer without anything that was asked for"),
        (#"{"message":"queue is full"}"#, .noAnswer, "queue is full"),
        (#"{"error":{},"choices":[]}"#, .noAnswer, "an answer without anything that was asked for"),
    ])
    func aBodyThatIsNoAnswerIsTriedAgain(body: String, why: RetryCause.Unusable, words: String) {
        let outcome = classify(200, body)
        #expect(outcome.verdict == .retry(.unusable(why), after: nil))
        #expect(outcome.errorCode == why.rawValue)
        #expect(outcome.errorMessage == words)
        #expect(outcome.possiblyBilled)
    }

    @Test(arguments: ["{", #"{"choices":[{"message":{"content":"Hel"#, "OK", "{} {}", ChatFixtures.seed + "x"])
    func brokenJSONIsTriedAgain(body: String) {
        let outcome = classify(200, body)
        #expect(outcome.verdict == .retry(.unusable(.notJSON), after: nil))
        #expect(outcome.errorCode == "not_json")
        #expect(outcome.errorMessage?.hasPrefix("HTTP 200 with a body that is not JSON: ") == true)
    }

    @Test func everyTruncationOfAnAnswerIsTriedAgain() {
        let body = Array(ChatFixtures.seed.utf8)
        let classifier = OutcomeClassifier()
        for length in 0..<body.count {
            let answer = HTTPAnswer(status: 200, body: Array(body[..<length]))
            let outcome = classifier.classify(.success(answer), url: ChatFixtures.chat, now: 0)
            let expected = RetryCause.unusable(length == 0 ? .empty : .notJSON)
            #expect(outcome.verdict == .retry(expected, after: nil), "\(length) bytes")
        }
    }

    @Test func invalidUTF8IsTriedAgain() throws {
        var body = Array(ChatFixtures.seed.utf8)
        let place = try #require(body[...].find("hello"))
        body[place] = 0xFF
        let outcome = OutcomeClassifier().classify(
            .success(HTTPAnswer(status: 200, body: body)), url: ChatFixtures.chat, now: 0)
        #expect(outcome.verdict == .retry(.unusable(.notJSON), after: nil))
    }

    @Test(arguments: ["\n\n\r\n \t", "\u{FEFF}", "\u{FEFF}\n"])
    func whatStandsBeforeTheJSONDoesNotMatter(prefix: String) {
        let outcome = classify(200, prefix + ChatFixtures.seed, ["content-type": "text/plain"])
        #expect(outcome.verdict == .settle(.ok))
        let slice = outcome.usageRange.map { Array((prefix + ChatFixtures.seed).utf8)[$0] }
        #expect(slice?.starts(with: #"{"prompt_tokens""#.utf8) == true)
        #expect(slice?.last == UInt8(ascii: "}"))
    }

    @Test func findsTheMostTellingIdentifier() {
        let all: KeyValuePairs = [
            "CF-Ray": "e", "X-Generation-Id": "d", "apim-request-id": "c", "request-id": "b", "x-request-id": "a",
        ]
        #expect(classify(200, ChatFixtures.seed, all).requestID == "a")
        #expect(classify(500, "", ["CF-Ray": "e", "apim-request-id": "c"]).requestID == "c")
        #expect(classify(500, "", ["CF-Ray": "e", "x-request-id": ""]).requestID == "e")
        #expect(classify(500, "").requestID == nil)
    }

    @Test(arguments: [
        "x-request-id", "Request-Id", "apim-request-id", "mistral-correlation-id", "x-ds-trace-id", "X-Generation-Id",
        "x-amzn-RequestId", "x-ms-request-id", "x-litellm-call-id", "CF-Ray",
    ])
    func keepsIdentifiersOfEveryName(name: String) {
        let answer = HTTPAnswer(status: 500, headers: HTTPHeaders(block: Array("\(name): id-1\r\n".utf8)))
        let outcome = OutcomeClassifier().classify(.success(answer), url: ChatFixtures.chat, now: 0)
        #expect(outcome.requestID == "id-1")
    }

    @Test func readsReportedCost() {
        let body = #"{"choices":[{"message":{"content":"x"}}],"usage":{"prompt_tokens":1,"cost":1.41e-05}}"#
        #expect(classify(200, body).reportedPicoDollars == 14_100_000)
        #expect(classify(200, body, ["x-litellm-response-cost": "9"]).reportedPicoDollars == 14_100_000)
        #expect(classify(200, "{}", ["x-litellm-response-cost": "0.5"]).reportedPicoDollars == 500_000_000_000)
        #expect(classify(200, "{}", ["x-litellm-response-cost": "None"]).reportedPicoDollars == nil)
    }

    @Test func keepsTheTierThatWasUsed() {
        let body = #"{"service_tier":"flex","model":"m","choices":[{"message":{"content":"x"}}]}"#
        #expect(classify(200, body).serviceTier == "flex")
    }

    @Test func keysNeverStayInWords() {
        let body = #"{"error":{"message":"Incorrect API key provided: sk-abc123","code":"invalid_api_key"}}"#
        let outcome = ChatFixtures.classify(401, body, secrets: ["sk-abc123"])
        #expect(outcome.errorMessage == "Incorrect API key provided: [key]")
        #expect(outcome.verdict == .stop(.unauthorized, words: "Incorrect API key provided: [key]"))
    }
}

import Testing

@testable import Sluice

/// One row for each shape of error that a provider is known to send.
@Suite struct ProviderShapeTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        let name: String
        let status: Int
        var headers: KeyValuePairs<String, String> = [:]
        let body: String
        let verdict: Verdict
        let code: String?
        var type: String?
        let message: String?
        var testDescription: String { name }
    }

    static let shapes: [Shape] = [
        Shape(
            name: "OpenAI 400", status: 400,
            body: """
                {"error":{"message":"Unsupported parameter: 'max_tokens'.","type":"invalid_request_error",
                "param":"max_tokens","code":"unsupported_parameter"}}
                """,
            verdict: .settle(.failed), code: "unsupported_parameter", type: "invalid_request_error",
            message: "Unsupported parameter: 'max_tokens'."),
        Shape(
            name: "OpenAI 401", status: 401,
            body:
                #"{"error":{"message":"Incorrect API key provided.","type":null,"param":null,"code":"invalid_api_key"}}"#,
            verdict: .stop(.unauthorized, words: "Incorrect API key provided."), code: "invalid_api_key",
            message: "Incorrect API key provided."),
        Shape(
            name: "OpenAI 429 rate", status: 429, headers: ["retry-after-ms": "1200", "retry-after": "2"],
            body: """
                {"error":{"message":"Rate limit reached.","type":"requests","param":null,"code":"rate_limit_exceeded"}}
                """,
            verdict: .retry(.throttled(status: 429), after: .milliseconds(1200)), code: "rate_limit_exceeded",
            type: "requests", message: "Rate limit reached."),
        Shape(
            name: "OpenAI 429 quota", status: 429, headers: ["x-should-retry": "true"],
            body: """
                {"error":{"message":"You exceeded your current quota.","type":"insufficient_quota","param":null,
                "code":"insufficient_quota"}}
                """,
            verdict: .stop(.quota, words: "You exceeded your current quota."), code: "insufficient_quota",
            type: "insufficient_quota", message: "You exceeded your current quota."),
        Shape(
            name: "OpenAI 503 Slow Down", status: 503, headers: ["Retry-After": "900"],
            body: #"{"error":{"message":"Slow Down","type":"server_error","param":null,"code":null}}"#,
            verdict: .retry(.throttled(status: 503), after: .seconds(900)), code: "server_error", type: "server_error",
            message: "Slow Down"),
        Shape(
            name: "EvoLink 402", status: 402,
            body: """
                {"error":{"code":402,"message":"Insufficient quota","type":"insufficient_quota_error","param":"",
                "fallback_suggestion":"top up"}}
                """,
            verdict: .stop(.quota, words: "Insufficient quota"), code: "402", type: "insufficient_quota_error",
            message: "Insufficient quota"),
        Shape(
            name: "EvoLink 502", status: 502,
            body: #"{"error":{"code":502,"message":"Upstream","type":"upstream_error"}}"#,
            verdict: .retry(.status(502), after: nil), code: "502", type: "upstream_error", message: "Upstream"),
        Shape(
            name: "Azure 429", status: 429, headers: ["retry-after": "26"],
            body: #"{"error":{"code":"429","message":"Requests have exceeded call rate limit."}}"#,
            verdict: .retry(.throttled(status: 429), after: .seconds(26)), code: "429",
            message: "Requests have exceeded call rate limit."),
        Shape(
            name: "Azure 400 content filter", status: 400,
            body: """
                {"error":{"message":"The response was filtered","type":null,"param":"prompt","code":"content_filter",
                "status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{}}}}
                """,
            verdict: .settle(.filtered), code: "content_filter", message: "The response was filtered"),
        Shape(
            name: "Azure 401 flat", status: 401,
            body: #"{ "statusCode": 401, "message": "Unauthorized. Access token is missing." }"#,
            verdict: .stop(.unauthorized, words: "Unauthorized. Access token is missing."), code: "http_401",
            message: "Unauthorized. Access token is missing."),
        Shape(
            name: "Anthropic 529", status: 529,
            body: #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_1"}"#,
            verdict: .retry(.throttled(status: 529), after: nil), code: "overloaded_error", type: "overloaded_error",
            message: "Overloaded"),
        Shape(
            name: "Anthropic 429 spend cap", status: 429,
            body: """
                {"type":"error","error":{"type":"rate_limit_error","message":"Spend limit",
                "details":{"error_code":"enforced_spend_limit_reached"}}}
                """,
            verdict: .stop(.quota, words: "Spend limit"), code: "enforced_spend_limit_reached",
            type: "rate_limit_error", message: "Spend limit"),
        Shape(
            name: "Anthropic 400 empty account", status: 400,
            body: """
                {"type":"error","error":{"type":"invalid_request_error",
                "message":"Your credit balance is too low to access the API."}}
                """,
            verdict: .stop(.quota, words: "Your credit balance is too low to access the API."),
            code: "invalid_request_error", type: "invalid_request_error",
            message: "Your credit balance is too low to access the API."),
        Shape(
            name: "Gemini array", status: 429,
            body: """
                [{"error":{"code":429,"message":"Quota","status":"RESOURCE_EXHAUSTED","details":[{"@type":"x"},
                {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"44s"}]}}]
                """,
            verdict: .retry(.throttled(status: 429), after: .seconds(44)), code: "429", type: "RESOURCE_EXHAUSTED",
            message: "Quota"),
        Shape(
            name: "Gemini array at 200", status: 200,
            body: #"[{"error":{"code":503,"message":"Overloaded","status":"UNAVAILABLE"}}]"#,
            verdict: .retry(.status(503), after: nil), code: "503", type: "UNAVAILABLE", message: "Overloaded"),
        Shape(
            name: "Mistral flat", status: 429,
            body: """
                {"object":"error","message":"Requests rate limit exceeded","type":"rate_limited","param":null,
                "code":"1300"}
                """,
            verdict: .retry(.throttled(status: 429), after: nil), code: "1300", type: "rate_limited",
            message: "Requests rate limit exceeded"),
        Shape(
            name: "Mistral flat at 200", status: 200,
            body: #"{"object":"error","message":{"detail":[{"msg":"Busy"}]},"type":"rate_limited","code":"1300"}"#,
            verdict: .retry(.throttled(status: 429), after: nil), code: "1300", type: "rate_limited", message: "Busy"),
        Shape(
            name: "OpenRouter error in 200", status: 200,
            body: """
                {"error":{"code":502,"message":"Provider returned error","metadata":{"provider_name":"P",
                "raw":"upstream died"}},"user_id":"u"}
                """,
            verdict: .retry(.status(502), after: nil), code: "502", message: "Provider returned error: upstream died"),
        Shape(
            name: "OpenRouter throttle in 200", status: 200, headers: ["Retry-After": "3"],
            body: #"{"error":{"code":429,"message":"Slow"}}"#,
            verdict: .retry(.throttled(status: 429), after: .seconds(3)), code: "429", message: "Slow"),
        Shape(
            name: "OpenRouter key error in 200", status: 200, body: #"{"error":{"code":401,"message":"No"}}"#,
            verdict: .stop(.unauthorized, words: "No"), code: "401", message: "No"),
        Shape(
            name: "OpenRouter 402 in flight", status: 402, headers: ["Retry-After": "5"],
            body: """
                {"error":{"code":402,"message":"In flight","metadata":{"limit_source":"openrouter_in_flight_budget"}}}
                """,
            verdict: .retry(.throttled(status: 402), after: .seconds(5)), code: "402", message: "In flight"),
        Shape(
            name: "OpenRouter 402 credits", status: 402,
            body: #"{"error":{"code":402,"message":"Credits","metadata":{"limit_source":"openrouter_credits"}}}"#,
            verdict: .stop(.quota, words: "Credits"), code: "402", message: "Credits"),
        Shape(
            name: "OpenRouter 403 flagged", status: 403,
            body: """
                {"error":{"code":403,"message":"Flagged","metadata":{"reasons":["violence"],"flagged_input":"…"}}}
                """,
            verdict: .settle(.filtered), code: "403", message: "Flagged"),
        Shape(
            name: "403", status: 403,
            body: #"{"error":{"message":"Country not supported","type":"request_forbidden"}}"#,
            verdict: .stop(.forbidden, words: "Country not supported"), code: "request_forbidden",
            type: "request_forbidden", message: "Country not supported"),
        Shape(
            name: "vLLM", status: 400,
            body: #"{"object":"error","message":"Too long.","type":"BadRequestError","param":null,"code":400}"#,
            verdict: .settle(.failed), code: "400", type: "BadRequestError", message: "Too long."),
        Shape(
            name: "vLLM 200", status: 200, body: #"{"error":{"message":"Bad","type":"BadRequestError","code":400}}"#,
            verdict: .settle(.failed), code: "400", type: "BadRequestError", message: "Bad"),
        Shape(
            name: "llama.cpp loading", status: 503,
            body: #"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#,
            verdict: .retry(.status(503), after: nil), code: "503", type: "unavailable_error", message: "Loading model"),
        Shape(
            name: "Ollama string", status: 404, body: #"{"error":"model 'x' not found"}"#,
            verdict: .settle(.failed), code: "http_404", message: "model 'x' not found"),
        Shape(
            name: "Ollama string at 200", status: 200, body: #"{"error":"unexpected EOF"}"#,
            verdict: .retry(.unusable(.error), after: nil), code: "error_in_answer", message: "unexpected EOF"),
        Shape(
            name: "DeepSeek 422", status: 422,
            body: #"{"error":{"message":"Bad","type":"invalid_request_error","param":null,"code":"invalid"}}"#,
            verdict: .settle(.failed), code: "invalid", type: "invalid_request_error", message: "Bad"),
        Shape(
            name: "Groq 498", status: 498,
            body: #"{"error":{"message":"Flex tier capacity exceeded","type":"x","code":"capacity_exceeded"}}"#,
            verdict: .retry(.throttled(status: 498), after: nil), code: "capacity_exceeded", type: "x",
            message: "Flex tier capacity exceeded"),
        Shape(
            name: "FastAPI list", status: 422,
            body: """
                {"detail":[{"type":"missing","loc":["body","messages",0],"msg":"Field required",
                "input":{"prompt":"SECRET PROMPT"}}]}
                """,
            verdict: .settle(.failed), code: "missing", type: "missing", message: "body.messages.0: Field required"),
        Shape(
            name: "FastAPI string", status: 500, body: #"{"detail":"Internal"}"#,
            verdict: .retry(.status(500), after: nil), code: "http_500", message: "Internal"),
        Shape(
            name: "FastAPI object", status: 400, body: #"{"detail":{"error":"no such model"}}"#,
            verdict: .settle(.failed), code: "http_400", message: "no such model"),
        Shape(
            name: "Cloudflare JSON", status: 400,
            body: #"{"success":false,"errors":[{"code":7003,"message":"Route"}]}"#,
            verdict: .settle(.failed), code: "7003", message: "Route"),
        Shape(
            name: "Cloudflare 524", status: 524, headers: ["content-type": "text/html", "cf-ray": "8f-FRA"],
            body: "<!DOCTYPE html>\n<html><head>\n<title>x.ai | 524: A timeout\n occurred</title></head></html>",
            verdict: .retry(.status(524), after: nil), code: "http_524",
            message: "HTTP 524 with an HTML page: x.ai | 524: A timeout occurred"),
        Shape(
            name: "nginx 413", status: 413, body: "<html><center>nginx</center></html>",
            verdict: .settle(.failed), code: "http_413", message: "HTTP 413 with an HTML page"),
        Shape(
            name: "plain text", status: 500, body: "  upstream\r\nfailed ",
            verdict: .retry(.status(500), after: nil), code: "http_500", message: "upstream failed"),
        Shape(
            name: "empty", status: 504, body: "", verdict: .retry(.status(504), after: nil), code: "http_504",
            message: "HTTP 504 with an empty body"),
        Shape(
            name: "an error as an event stream", status: 429, headers: ["content-type": "text/event-stream"],
            body: "data: {\"error\":{\"message\":\"Slow\",\"type\":\"rate_limit_error\"}}\n\n",
            verdict: .retry(.throttled(status: 429), after: nil), code: "rate_limit_error", type: "rate_limit_error",
            message: "Slow"),
    ]

    @Test(arguments: shapes)
    func isReadAndJudged(shape: Shape) {
        let outcome = ChatFixtures.classify(shape.status, shape.body, shape.headers)
        #expect(outcome.verdict == shape.verdict)
        #expect(outcome.errorCode == shape.code)
        #expect(outcome.errorType == shape.type)
        #expect(outcome.errorMessage == shape.message)
        #expect(outcome.status == shape.status)
        #expect(outcome.usage == nil)
    }
}

import JSON

/// An error in OpenAI's shape: `{"error":{"message","type","param","code"}}`.
struct ErrorBody {
    var message: String
    var type: String
    var parameter: String?
    var code: String?

    var json: [UInt8] {
        var bytes: [UInt8] = []
        appendJSON(to: &bytes)
        return bytes
    }

    func appendJSON(to bytes: inout [UInt8]) {
        bytes.append(literal: "{\"error\":{\"message\":")
        JSONText.appendString(message, to: &bytes)
        bytes.append(literal: ",\"type\":")
        JSONText.appendString(type, to: &bytes)
        bytes.append(literal: ",\"param\":")
        Self.append(parameter, to: &bytes)
        bytes.append(literal: ",\"code\":")
        Self.append(code, to: &bytes)
        bytes.append(literal: "}}")
    }

    private static func append(_ text: String?, to bytes: inout [UInt8]) {
        if let text {
            JSONText.appendString(text, to: &bytes)
        } else {
            bytes.append(literal: "null")
        }
    }
}

extension ErrorBody {
    init(_ problem: RequestProblem) {
        self.init(
            message: problem.message, type: "invalid_request_error", parameter: problem.parameter, code: problem.code)
    }

    /// What a provider would say with this status.
    init(status: Int) {
        let (type, code): (String, String?) =
            switch status {
            case 401: ("invalid_request_error", "invalid_api_key")
            case 402: ("insufficient_quota_error", "insufficient_balance")
            case 403: ("permission_error", nil)
            case 404: ("invalid_request_error", "not_found")
            case 413: ("invalid_request_error", "request_too_large")
            case 429: ("requests", "rate_limit_exceeded")
            case 503: ("server_error", "slow_down")
            case 529: ("overloaded_error", nil)
            case 500...: ("server_error", nil)
            default: ("invalid_request_error", nil)
            }
        self.init(message: "Simulated status \(status).", type: type, parameter: nil, code: code)
    }

    static let quota = ErrorBody(
        message: "You exceeded your current quota, please check your plan and billing details.",
        type: "insufficient_quota", parameter: nil, code: "insufficient_quota")

    static let key = ErrorBody(
        message: "Incorrect API key provided.", type: "invalid_request_error", parameter: nil,
        code: "invalid_api_key")

    static let overloaded = ErrorBody(
        message: "Too many requests in flight.", type: "requests", parameter: nil, code: "rate_limit_exceeded")

    static func limited(_ kind: RateLimiter.Kind) -> ErrorBody {
        ErrorBody(
            message: "Rate limit reached for \(kind.rawValue) per min.", type: kind.rawValue, parameter: nil,
            code: "rate_limit_exceeded")
    }

    static let tooManyTokens = ErrorBody(
        message: "Request too large: it needs more tokens than the limit per min.", type: "tokens", parameter: nil,
        code: "rate_limit_exceeded")
}

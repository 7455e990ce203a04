import JSON

/// An error, before it is written in an endpoint's form.
struct ErrorBody {
    var message: String
    var type: String
    var parameter: String?
    var code: String?
    /// An unknown key that was refused.
    var unknownKey: String?
    /// Nanoseconds.
    var retryAfter: Int64?
    var isQuota = false
}

extension ErrorBody {
    init(_ problem: RequestProblem) {
        self.init(
            message: problem.message, type: "invalid_request_error", parameter: problem.parameter, code: problem.code,
            unknownKey: problem.unknownKey)
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

    static func quota(_ message: String) -> ErrorBody {
        ErrorBody(
            message: message, type: "insufficient_quota", parameter: nil, code: "insufficient_quota", isQuota: true)
    }

    static func key(_ message: String) -> ErrorBody {
        ErrorBody(message: message, type: "invalid_request_error", parameter: nil, code: "invalid_api_key")
    }

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

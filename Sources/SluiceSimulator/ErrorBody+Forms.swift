import JSON

extension ErrorBody {
    /// The error as an endpoint writes it.
    func json(_ form: ErrorShape.Form, status: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        appendJSON(form, status: status, to: &bytes)
        return bytes
    }

    func appendJSON(_ form: ErrorShape.Form, status: Int, to bytes: inout [UInt8]) {
        switch form {
        case .openAI: appendOpenAI(type: type, code: code, to: &bytes)
        case .ollama: appendOpenAI(type: Self.ollamaType(status), code: nil, to: &bytes)
        case .litellm: appendOpenAI(type: type, code: "\(status)", message: "litellm: \(message)", to: &bytes)
        case .evolink: appendInteger(status, type: Self.evolinkType(status), to: &bytes)
        case .vllm: appendInteger(status, type: Self.vllmType(status), to: &bytes)
        case .llamacpp: appendInteger(status, type: Self.llamacppType(status), to: &bytes)
        case .azure:
            // The gateway's errors are short; those of the model's service are OpenAI's.
            guard [401, 404, 429].contains(status), !isQuota else {
                return appendOpenAI(type: type, code: code, to: &bytes)
            }
            bytes.append(text: "{\"error\":{\"code\":\"\(status)\",\"message\":")
            JSONText.appendString(message, to: &bytes)
            bytes.append(literal: "}}")
        case .openRouter:
            bytes.append(text: "{\"error\":{\"code\":\(status),\"message\":")
            JSONText.appendString(message, to: &bytes)
            bytes.append(literal: ",\"metadata\":{\"provider_name\":\"Simulated\"}}}")
        case .gemini: appendGemini(status, to: &bytes)
        case .mistral: appendMistral(status, to: &bytes)
        case .anthropic:
            bytes.append(text: "{\"type\":\"error\",\"error\":{\"type\":\"\(Self.anthropicType(status))\",\"message\":")
            JSONText.appendString(message, to: &bytes)
            if isQuota { bytes.append(literal: ",\"details\":{\"error_code\":\"enforced_spend_limit_reached\"}") }
            bytes.append(literal: "}}")
        }
    }

    private func appendOpenAI(type: String, code: String?, message: String? = nil, to bytes: inout [UInt8]) {
        bytes.append(literal: "{\"error\":{\"message\":")
        JSONText.appendString(message ?? self.message, to: &bytes)
        bytes.append(literal: ",\"type\":")
        JSONText.appendString(type, to: &bytes)
        bytes.append(literal: ",\"param\":")
        Self.append(parameter, to: &bytes)
        bytes.append(literal: ",\"code\":")
        Self.append(code, to: &bytes)
        bytes.append(literal: "}}")
    }

    private func appendInteger(_ status: Int, type: String, to bytes: inout [UInt8]) {
        bytes.append(text: "{\"error\":{\"code\":\(status),\"message\":")
        JSONText.appendString(message, to: &bytes)
        bytes.append(literal: ",\"type\":")
        JSONText.appendString(type, to: &bytes)
        bytes.append(literal: ",\"param\":")
        Self.append(parameter, to: &bytes)
        bytes.append(literal: "}}")
    }

    private func appendGemini(_ status: Int, to bytes: inout [UInt8]) {
        bytes.append(text: "[{\"error\":{\"code\":\(status),\"message\":")
        JSONText.appendString(message, to: &bytes)
        bytes.append(text: ",\"status\":\"\(Self.googleStatus(status))\"")
        if let retryAfter {
            let seconds = (max(retryAfter, 0) + 999_999_999) / 1_000_000_000
            bytes.append(literal: ",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\",")
            bytes.append(text: "\"retryDelay\":\"\(seconds)s\"}]")
        }
        bytes.append(literal: "}}]")
    }

    private func appendMistral(_ status: Int, to bytes: inout [UInt8]) {
        bytes.append(literal: "{\"object\":\"error\",\"message\":")
        if let unknownKey {
            bytes.append(literal: "{\"detail\":[{\"type\":\"extra_forbidden\",\"loc\":[\"body\",")
            JSONText.appendString(unknownKey, to: &bytes)
            bytes.append(literal: "],\"msg\":")
            JSONText.appendString(message, to: &bytes)
            bytes.append(literal: "}]}")
        } else {
            JSONText.appendString(message, to: &bytes)
        }
        bytes.append(literal: ",\"type\":")
        JSONText.appendString(status == 429 ? "rate_limited" : type, to: &bytes)
        bytes.append(literal: ",\"param\":null,\"code\":")
        Self.append(status == 429 ? "1300" : nil, to: &bytes)
        bytes.append(0x7D)
    }

    private static func append(_ text: String?, to bytes: inout [UInt8]) {
        if let text {
            JSONText.appendString(text, to: &bytes)
        } else {
            bytes.append(literal: "null")
        }
    }
}

/// The names that endpoints have for statuses.
extension ErrorBody {
    private static func evolinkType(_ status: Int) -> String {
        switch status {
        case 401: "authentication_error"
        case 402: "insufficient_quota_error"
        case 403: "permission_error"
        case 404: "not_found_error"
        case 413: "request_too_large_error"
        case 429: "rate_limit_error"
        case 502: "upstream_error"
        case 503: "service_unavailable_error"
        case 500...: "internal_server_error"
        default: "invalid_request_error"
        }
    }

    private static func vllmType(_ status: Int) -> String {
        switch status {
        case 401: "AuthenticationError"
        case 404: "NotFoundError"
        case 500...: "InternalServerError"
        default: "BadRequestError"
        }
    }

    private static func llamacppType(_ status: Int) -> String {
        switch status {
        case 401: "authentication_error"
        case 404: "not_found_error"
        case 503: "unavailable_error"
        case 500...: "server_error"
        default: "invalid_request_error"
        }
    }

    private static func ollamaType(_ status: Int) -> String {
        switch status {
        case 404: "not_found_error"
        case 500...: "api_error"
        default: "invalid_request_error"
        }
    }

    private static func anthropicType(_ status: Int) -> String {
        switch status {
        case 401: "authentication_error"
        case 403: "permission_error"
        case 404: "not_found_error"
        case 413: "request_too_large"
        case 429: "rate_limit_error"
        case 529: "overloaded_error"
        case 500...: "api_error"
        default: "invalid_request_error"
        }
    }

    private static func googleStatus(_ status: Int) -> String {
        switch status {
        case 401: "UNAUTHENTICATED"
        case 403: "PERMISSION_DENIED"
        case 404: "NOT_FOUND"
        case 429: "RESOURCE_EXHAUSTED"
        case 503: "UNAVAILABLE"
        case 504: "DEADLINE_EXCEEDED"
        case 500...: "INTERNAL"
        default: "INVALID_ARGUMENT"
        }
    }
}

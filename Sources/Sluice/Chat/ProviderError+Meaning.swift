import JSON

/// Names and numbers that mean the same whatever status they came with.
extension ProviderError {
    static func meaning(
        _ error: JSONValue, code: String?, type: String?, words: ArraySlice<UInt8>
    ) -> Meaning? {
        let metadata = error["metadata"]
        if let source = metadata?["limit_source"] {
            if source.isString("openrouter_in_flight_budget") { return .budgetInFlight }
            let budgets = [
                "openrouter_credits", "openrouter_key_limit", "openrouter_guardrail_budget",
                "openrouter_workspace_budget",
            ]
            if budgets.contains(where: source.isString) { return .quotaSpent }
        }
        // OpenRouter refuses one flagged prompt with 403, which says nothing about the next.
        if metadata?["flagged_input"] != nil { return .filtered }
        var names = [code, type].compactMap(\.self)
        // Azure's content filter has its name further down.
        if let name = error["innererror"]?["code"]?.shortText { names.append(name) }
        for name in names {
            if quotaNames.contains(name) { return .quotaSpent }
            if filterNames.contains(name) { return .filtered }
        }
        // Gemini tells of a bad key with 400 and the name of every other bad request.
        if words.find("api key not valid") != nil { return .keyRefused }
        // Anthropic tells of an empty account with 400 and the name of every other bad request.
        if words.find("credit balance is too low") != nil { return .quotaSpent }
        return nil
    }

    private static let quotaNames: Set<String> = [
        // OpenAI
        "insufficient_quota", "credit_balance_exhausted", "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded", "organization_usage_limit_exceeded", "billing_not_active",
        "billing_hard_limit_reached",
        // EvoLink, Anthropic, and gateways
        "insufficient_quota_error", "enforced_spend_limit_reached", "billing_error", "insufficient_user_quota",
        "insufficient_balance",
    ]

    private static let filterNames: Set<String> = [
        "content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation",
    ]

    /// A number from 400 to 599 under `code`, `status` or `status_code`, also where it is written as a string.
    static func status(_ error: JSONValue) -> Int? {
        for key in ["code", "status", "status_code"] {
            guard let value = error[key], let text = value.shortText, let number = Int(text),
                (400...599).contains(number)
            else { continue }
            return number
        }
        return nil
    }

    /// The status that a well-known code or type stands for.
    static func status(named name: String) -> Int? {
        switch name {
        case "invalid_request_error", "invalid_request", "context_length_exceeded", "BadRequestError",
            "INVALID_ARGUMENT", "FAILED_PRECONDITION":
            400
        case "authentication_error", "invalid_api_key", "AuthenticationError", "UNAUTHENTICATED": 401
        case "permission_error", "permission_denied", "PermissionDeniedError", "PERMISSION_DENIED": 403
        case "not_found_error", "model_not_found", "NotFoundError", "NOT_FOUND": 404
        case "request_too_large", "request_too_large_error": 413
        case "rate_limit_error", "rate_limit_exceeded", "rate_limited", "too_many_requests", "RateLimitError",
            "RESOURCE_EXHAUSTED":
            429
        case "internal_server_error", "server_error", "api_error", "InternalServerError", "INTERNAL": 500
        case "upstream_error": 502
        case "service_unavailable", "service_unavailable_error", "UNAVAILABLE": 503
        case "timeout_error", "DEADLINE_EXCEEDED": 504
        case "overloaded_error": 529
        default: nil
        }
    }
}

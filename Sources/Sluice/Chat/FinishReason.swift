import JSON

/// What the finish reason of a choice says about it.
enum FinishReason {
    /// The model came to its end: with all it had to say, or with a call.
    case normal
    case truncated
    case filtered
    case refused
    /// A fault of the server ended it.
    case fault
    /// A name that nobody here knows, or none. Such an answer counts by what is in it.
    case unknown

    init(_ reason: JSONValue?) {
        guard let reason, !reason.isString("stop") else {
            self = reason == nil ? .unknown : .normal
            return
        }
        self = reason.withRawBytes { raw in
            let name = raw.dropFirst().dropLast().prefix(64).map(\.lowercased)
            // Gemini's own reason stands behind a colon.
            if name.starts(with: "content_filter:".utf8) { return .filtered }
            return Self.names[String(decoding: name, as: UTF8.self)] ?? .unknown
        }
    }

    /// OpenAI's names, and those of others that gateways pass on as they are. In lower case: Gemini shouts.
    private static let names: [String: FinishReason] = {
        let families: [(FinishReason, [String])] = [
            // Anthropic: end_turn, stop_sequence, tool_use; TGI: eos_token; Cohere: complete.
            (
                .normal,
                [
                    "stop", "tool_calls", "function_call", "end_turn", "stop_sequence", "tool_use", "eos", "eos_token",
                    "complete",
                ]
            ),
            // Mistral: model_length; the rest is Anthropic's and Gemini's.
            (
                .truncated,
                ["length", "max_tokens", "max_output_tokens", "model_length", "model_context_window_exceeded"]
            ),
            // Gemini's family; Zhipu: sensitive; Bedrock: the last two.
            (
                .filtered,
                [
                    "content_filter", "safety", "recitation", "blocklist", "prohibited_content", "spii", "image_safety",
                    "image_prohibited_content", "image_recitation", "sensitive", "content_filtered",
                    "guardrail_intervened",
                ]
            ),
            (.refused, ["refusal"]),
            // OpenRouter and Mistral: error; DeepSeek: the next two; vLLM: abort; Zhipu: network_error.
            (.fault, ["error", "insufficient_system_resource", "aborted", "abort", "network_error"]),
        ]
        return Dictionary(uniqueKeysWithValues: families.flatMap { family in family.1.map { ($0, family.0) } })
    }()
}

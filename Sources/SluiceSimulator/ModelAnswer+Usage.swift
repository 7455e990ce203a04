extension ModelAnswer {
    /// Appends the usage object of a chat completion. `completionTokens` may be those told up to now.
    func appendUsage(_ shape: AnswerShape, completionTokens: Int, to bytes: inout [UInt8]) {
        bytes.append(literal: "{\"prompt_tokens\":")
        bytes.append(decimal: promptTokens)
        bytes.append(literal: ",\"completion_tokens\":")
        bytes.append(decimal: completionTokens)
        bytes.append(literal: ",\"total_tokens\":")
        bytes.append(decimal: promptTokens + completionTokens)
        let reasoning = min(reasoningTokens, completionTokens)
        switch shape.usage {
        case .counts: break
        case .evolink:
            bytes.append(literal: ",\"prompt_tokens_details\":{\"cached_tokens\":0,\"text_tokens\":")
            bytes.append(decimal: promptTokens)
            bytes.append(literal: ",\"audio_tokens\":0,\"image_tokens\":0},")
            bytes.append(literal: "\"completion_tokens_details\":{\"text_tokens\":0,\"audio_tokens\":0,")
            bytes.append(literal: "\"reasoning_tokens\":")
            bytes.append(decimal: reasoning)
            bytes.append(literal: "},\"input_tokens\":0,\"output_tokens\":0,\"input_tokens_details\":null")
        case .openAI:
            bytes.append(literal: ",\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0},")
            Self.appendReasoning(reasoning, to: &bytes)
            bytes.append(literal: ",\"audio_tokens\":0,\"accepted_prediction_tokens\":0,")
            bytes.append(literal: "\"rejected_prediction_tokens\":0}")
        case .nullDetails:
            bytes.append(literal: ",\"prompt_tokens_details\":null,\"completion_tokens_details\":null")
        case .deepSeek:
            bytes.append(literal: ",\"prompt_tokens_details\":{\"cached_tokens\":0},")
            Self.appendReasoning(reasoning, to: &bytes)
            bytes.append(literal: "},\"prompt_cache_hit_tokens\":0,\"prompt_cache_miss_tokens\":")
            bytes.append(decimal: promptTokens)
        case .openRouter:
            bytes.append(literal: ",\"cost\":")
            bytes.append(text: cost)
            bytes.append(literal: ",\"is_byok\":false,\"prompt_tokens_details\":{\"cached_tokens\":0,")
            bytes.append(literal: "\"cache_write_tokens\":0},\"cost_details\":{\"upstream_inference_cost\":null},")
            Self.appendReasoning(reasoning, to: &bytes)
            bytes.append(literal: "}")
        case .groq:
            bytes.append(literal: ",\"queue_time\":0.001,\"prompt_time\":0.001,\"completion_time\":0.001,")
            bytes.append(literal: "\"total_time\":0.002")
        case .mistral:
            bytes.append(literal: ",\"prompt_audio_seconds\":null,\"prompt_tokens_details\":{\"cached_tokens\":0}")
        }
        bytes.append(literal: "}")
    }

    private static func appendReasoning(_ tokens: Int, to bytes: inout [UInt8]) {
        bytes.append(literal: "\"completion_tokens_details\":{\"reasoning_tokens\":")
        bytes.append(decimal: tokens)
    }

    /// What the answer costs in USD where an endpoint tells it: one for a million prompt tokens, four for a million
    /// of the answer's. An exact decimal: `0.000041`.
    var cost: String {
        let millionths = promptTokens + 4 * completionTokens
        let digits = String(millionths % 1_000_000)
        return "\(millionths / 1_000_000)." + String(repeating: "0", count: 6 - digits.utf8.count) + digits
    }
}

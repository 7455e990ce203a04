import JSON

extension Completion {
    /// Appends the whole answer in the shape of EvoLink's `gpt-5.2` chat completions.
    func appendJSON(fault: Fault?, to bytes: inout [UInt8]) {
        if fault == .blankLines { bytes.append(literal: "\n\n\n\n") }
        appendOpening(object: "chat.completion", to: &bytes)
        if fault != .emptyChoices {
            for (index, choice) in choices.enumerated() {
                if index > 0 { bytes.append(0x2C) }
                bytes.append(literal: "{\"index\":")
                bytes.append(decimal: index)
                bytes.append(literal: ",\"message\":{\"role\":\"assistant\",\"content\":\"")
                JSONText.appendEscaped(choice.content, to: &bytes)
                if fault == .badUTF8 { bytes.append(0xFF) }
                bytes.append(literal: "\"},\"finish_reason\":\"")
                bytes.append(literal: choice.finishReason)
                bytes.append(literal: "\"}")
            }
        }
        bytes.append(literal: "],\"usage\":")
        appendUsage(to: &bytes)
        bytes.append(0x7D)
    }

    /// Appends an answer's beginning, up to and with `"choices":[`.
    func appendOpening(object: StaticString, to bytes: inout [UInt8]) {
        bytes.append(literal: "{\"id\":\"chatcmpl-")
        bytes.append(hexadecimal: identifier)
        bytes.append(literal: "\",\"model\":")
        bytes.append(contentsOf: model)
        bytes.append(literal: ",\"object\":\"")
        bytes.append(literal: object)
        bytes.append(literal: "\",\"created\":")
        bytes.append(decimal: created)
        bytes.append(literal: ",\"choices\":[")
    }

    func appendUsage(to bytes: inout [UInt8]) {
        bytes.append(literal: "{\"prompt_tokens\":")
        bytes.append(decimal: promptTokens)
        bytes.append(literal: ",\"completion_tokens\":")
        bytes.append(decimal: completionTokens)
        bytes.append(literal: ",\"total_tokens\":")
        bytes.append(decimal: promptTokens + completionTokens)
        bytes.append(literal: ",\"prompt_tokens_details\":{\"cached_tokens\":0,\"text_tokens\":")
        bytes.append(decimal: promptTokens)
        bytes.append(literal: ",\"audio_tokens\":0,\"image_tokens\":0},")
        bytes.append(literal: "\"completion_tokens_details\":{\"text_tokens\":0,\"audio_tokens\":0,")
        bytes.append(literal: "\"reasoning_tokens\":0},")
        bytes.append(literal: "\"input_tokens\":0,\"output_tokens\":0,\"input_tokens_details\":null}")
    }
}

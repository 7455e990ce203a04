import JSON

/// `/v1/chat/completions` and `/v1/completions`.
extension ModelAnswer {
    func appendChat(_ shape: AnswerShape, fault: Fault?, to bytes: inout [UInt8]) {
        appendOpening(shape, object: "chat.completion", to: &bytes)
        if fault != .emptyChoices {
            for (index, choice) in choices.enumerated() {
                if index > 0 { bytes.append(0x2C) }
                bytes.append(literal: "{\"index\":")
                bytes.append(decimal: index)
                bytes.append(literal: ",\"message\":{\"role\":\"assistant\",\"content\":\"")
                JSONText.appendEscaped(choice.content, to: &bytes)
                if fault == .badUTF8 { bytes.append(0xFF) }
                bytes.append(literal: "\"")
                if !choice.reasoning.isEmpty, let name = shape.reasoning {
                    bytes.append(literal: ",\"")
                    bytes.append(literal: name)
                    bytes.append(literal: "\":\"")
                    JSONText.appendEscaped(choice.reasoning, to: &bytes)
                    bytes.append(literal: "\"")
                }
                bytes.append(literal: shape.messageMembers)
                bytes.append(literal: "},\"finish_reason\":\"")
                bytes.append(literal: choice.finishReason)
                bytes.append(literal: "\"")
                bytes.append(literal: shape.choiceMembers)
                bytes.append(literal: "}")
            }
        }
        bytes.append(literal: "],\"usage\":")
        appendUsage(shape, completionTokens: completionTokens, to: &bytes)
        appendTail(shape, to: &bytes)
        bytes.append(0x7D)
    }

    func appendCompletions(_ shape: AnswerShape, fault: Fault?, to bytes: inout [UInt8]) {
        appendOpening(shape, object: "text_completion", to: &bytes)
        if fault != .emptyChoices {
            for (index, choice) in choices.enumerated() {
                if index > 0 { bytes.append(0x2C) }
                bytes.append(literal: "{\"text\":\"")
                JSONText.appendEscaped(choice.content, to: &bytes)
                if fault == .badUTF8 { bytes.append(0xFF) }
                bytes.append(literal: "\",\"index\":")
                bytes.append(decimal: index)
                bytes.append(literal: ",\"logprobs\":null,\"finish_reason\":\"")
                bytes.append(literal: choice.finishReason)
                bytes.append(literal: "\"}")
            }
        }
        bytes.append(literal: "],\"usage\":")
        appendUsage(shape, completionTokens: completionTokens, to: &bytes)
        bytes.append(0x7D)
    }

    /// Appends an answer's beginning, up to and with `"choices":[`.
    func appendOpening(_ shape: AnswerShape, object: StaticString, to bytes: inout [UInt8]) {
        bytes.append(literal: "{\"id\":\"")
        bytes.append(literal: operation == .chat ? shape.chatIdentifier : "cmpl-")
        bytes.append(hexadecimal: identifier)
        bytes.append(literal: "\",\"model\":")
        appendModel(shape, to: &bytes)
        bytes.append(literal: ",\"object\":\"")
        bytes.append(literal: object)
        bytes.append(literal: "\",\"created\":")
        bytes.append(decimal: created)
        bytes.append(literal: shape.members)
        bytes.append(literal: ",\"choices\":[")
    }

    private func appendModel(_ shape: AnswerShape, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: model)
        guard shape.modelSuffix.utf8CodeUnitCount > 0 else { return }
        bytes.removeLast()
        bytes.append(literal: shape.modelSuffix)
        bytes.append(literal: "\"")
    }

    private func appendTail(_ shape: AnswerShape, to bytes: inout [UInt8]) {
        switch shape.tail {
        case .none: return
        case .timings:
            bytes.append(literal: ",\"timings\":{\"cache_n\":0,\"prompt_n\":")
            bytes.append(decimal: promptTokens)
            bytes.append(literal: ",\"prompt_ms\":1.0,\"predicted_n\":")
            bytes.append(decimal: completionTokens)
            bytes.append(literal: ",\"predicted_ms\":1.0}")
        case .groq:
            bytes.append(literal: ",\"x_groq\":{\"id\":\"req_")
            bytes.append(hexadecimal: identifier)
            bytes.append(literal: "\"}")
        }
    }
}

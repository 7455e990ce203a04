import JSON

/// `/v1/responses`.
extension ModelAnswer {
    enum Progress {
        case created, done
    }

    func appendResponse(fault: Fault?, to bytes: inout [UInt8]) {
        appendResponse(.done, fault: fault, to: &bytes)
    }

    /// Appends the response object as it stands when it is created or when it is done.
    func appendResponse(_ progress: Progress, fault: Fault?, to bytes: inout [UInt8]) {
        bytes.append(literal: "{\"id\":\"resp_")
        bytes.append(hexadecimal: identifier)
        bytes.append(literal: "\",\"object\":\"response\",\"created_at\":")
        bytes.append(decimal: created)
        bytes.append(literal: ",\"status\":\"")
        bytes.append(literal: progress == .created ? "in_progress" : isCut ? "incomplete" : "completed")
        bytes.append(literal: "\",\"error\":null,\"incomplete_details\":")
        let isIncomplete = progress == .done && isCut
        bytes.append(literal: isIncomplete ? "{\"reason\":\"max_output_tokens\"}" : "null")
        bytes.append(literal: ",\"model\":")
        bytes.append(contentsOf: model)
        bytes.append(literal: ",\"output\":[")
        if progress == .done, fault != .emptyChoices { appendItems(fault: fault, to: &bytes) }
        bytes.append(literal: "],\"usage\":")
        if progress == .done {
            appendInputUsage(to: &bytes)
        } else {
            bytes.append(literal: "null")
        }
        bytes.append(0x7D)
    }

    var isCut: Bool { choices.contains { $0.isCut } }

    private func appendItems(fault: Fault?, to bytes: inout [UInt8]) {
        if reasoningTokens > 0 {
            bytes.append(literal: "{\"id\":\"rs_")
            bytes.append(hexadecimal: identifier)
            bytes.append(literal: "\",\"type\":\"reasoning\",\"summary\":[]}")
        }
        // Where reasoning has used up everything, there is no message.
        guard let choice = choices.first, !choice.content.isEmpty || reasoningTokens == 0 else { return }
        if reasoningTokens > 0 { bytes.append(0x2C) }
        appendMessage(choice, fault: fault, to: &bytes)
    }

    func appendMessage(_ choice: Choice, fault: Fault?, to bytes: inout [UInt8]) {
        bytes.append(literal: "{\"id\":\"msg_")
        bytes.append(hexadecimal: identifier)
        bytes.append(literal: "\",\"type\":\"message\",\"status\":\"")
        bytes.append(literal: choice.isCut ? "incomplete" : "completed")
        bytes.append(literal: "\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"annotations\":[],")
        bytes.append(literal: "\"text\":\"")
        JSONText.appendEscaped(choice.content, to: &bytes)
        if fault == .badUTF8 { bytes.append(0xFF) }
        bytes.append(literal: "\"}]}")
    }

    private func appendInputUsage(to bytes: inout [UInt8]) {
        bytes.append(literal: "{\"input_tokens\":")
        bytes.append(decimal: promptTokens)
        bytes.append(literal: ",\"input_tokens_details\":{\"cached_tokens\":0},\"output_tokens\":")
        bytes.append(decimal: completionTokens)
        bytes.append(literal: ",\"output_tokens_details\":{\"reasoning_tokens\":")
        bytes.append(decimal: reasoningTokens)
        bytes.append(literal: "},\"total_tokens\":")
        bytes.append(decimal: promptTokens + completionTokens)
        bytes.append(0x7D)
    }
}

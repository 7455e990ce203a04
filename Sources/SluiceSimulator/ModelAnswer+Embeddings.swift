import JSON

/// `/v1/embeddings` and `/v1/moderations`.
extension ModelAnswer {
    func appendEmbeddings(fault: Fault?, to bytes: inout [UInt8]) {
        bytes.append(literal: "{\"object\":\"list\",\"data\":[")
        for (index, input) in inputs.enumerated() where fault != .emptyChoices {
            if index > 0 { bytes.append(0x2C) }
            bytes.append(literal: "{\"object\":\"embedding\",\"index\":")
            bytes.append(decimal: index)
            bytes.append(literal: ",\"embedding\":")
            let vector = EmbeddingVector(of: input, dimensions: dimensions)
            if isBase64 {
                bytes.append(literal: "\"")
                vector.appendBase64(to: &bytes)
                bytes.append(literal: "\"")
            } else {
                vector.appendJSON(to: &bytes)
            }
            bytes.append(0x7D)
        }
        bytes.append(literal: "],\"model\":")
        bytes.append(contentsOf: model)
        if fault == .badUTF8 { bytes.append(0xFF) }
        bytes.append(literal: ",\"usage\":{\"prompt_tokens\":")
        bytes.append(decimal: promptTokens)
        bytes.append(literal: ",\"total_tokens\":")
        bytes.append(decimal: promptTokens)
        bytes.append(literal: "}}")
    }

    /// An input is flagged when it holds the word `forbidden`.
    func appendModerations(fault: Fault?, to bytes: inout [UInt8]) {
        bytes.append(literal: "{\"id\":\"modr-")
        bytes.append(hexadecimal: identifier)
        bytes.append(literal: "\",\"model\":")
        bytes.append(contentsOf: model)
        if fault == .badUTF8 { bytes.append(0xFF) }
        bytes.append(literal: ",\"results\":[")
        for (index, input) in inputs.enumerated() where fault != .emptyChoices {
            if index > 0 { bytes.append(0x2C) }
            let isFlagged = String(decoding: input, as: UTF8.self).contains("forbidden")
            bytes.append(literal: "{\"flagged\":")
            bytes.append(literal: isFlagged ? "true" : "false")
            bytes.append(literal: ",\"categories\":{\"violence\":")
            bytes.append(literal: isFlagged ? "true" : "false")
            bytes.append(literal: ",\"hate\":false},\"category_scores\":{\"violence\":")
            bytes.append(literal: isFlagged ? "0.9" : "0.001")
            bytes.append(literal: ",\"hate\":0.001}}")
        }
        bytes.append(literal: "]}")
    }
}

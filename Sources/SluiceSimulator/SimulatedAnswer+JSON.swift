import JSON

/// Answers in JSON, and reasoning.
extension SimulatedAnswer {
    func isJSON(asked: Bool) -> Bool {
        switch format {
        case .automatic: asked
        case .text: false
        case .json: true
        }
    }

    /// The good JSON answer to `prompt`: `{"echo":"HASH","n":3}`.
    ///
    /// Choice 1 and later add `"choice":1`; where that is shorter than `answerBytes`, a member `fill` makes up for it.
    package func jsonContent(forPrompt prompt: String, choice: Int = 0) -> String {
        var bytes: [UInt8] = []
        appendJSON(forPrompt: Array(prompt.utf8), choice: choice, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the answer in JSON, or what stands in its place in the first rounds.
    func appendJSON(forPrompt prompt: [UInt8], choice: Int, round: Int, to bytes: inout [UInt8]) {
        guard round < invalidFirst else { return appendJSON(forPrompt: prompt, choice: choice, to: &bytes) }
        switch invalid {
        case .text: appendContent(forPrompt: prompt, choice: choice, to: &bytes)
        case .empty: bytes.append(literal: "{}")
        case .fenced:
            bytes.append(literal: "```json\n")
            appendJSON(forPrompt: prompt, choice: choice, to: &bytes)
            bytes.append(literal: "\n```")
        case .cut:
            let start = bytes.count
            appendJSON(forPrompt: prompt, choice: choice, to: &bytes)
            bytes.removeLast((bytes.count - start) / 2)
        }
    }

    private func appendJSON(forPrompt prompt: [UInt8], choice: Int, to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(literal: "{\"echo\":\"")
        bytes.append(hexadecimal: Self.fnv1a(prompt))
        bytes.append(literal: "\",\"n\":")
        bytes.append(decimal: prompt.count { $0 & 0xC0 != 0x80 })
        if choice > 0 {
            bytes.append(literal: ",\"choice\":")
            bytes.append(decimal: choice)
        }
        let missing = answerBytes - (bytes.count - start) - 1
        if missing > 0 {
            bytes.append(literal: ",\"fill\":\"")
            bytes.append(contentsOf: repeatElement(UInt8(ascii: "."), count: max(0, missing - 10)))
            bytes.append(literal: "\"")
        }
        bytes.append(0x7D)
    }

    /// The reasoning that comes before the content: `think:`, the prompt's hash and dots, four bytes a token.
    package func reasoning(forPrompt prompt: [UInt8]) -> [UInt8] {
        guard reasoningTokens > 0 else { return [] }
        var bytes: [UInt8] = []
        bytes.append(literal: "think:")
        bytes.append(hexadecimal: Self.fnv1a(prompt))
        while bytes.count < 4 * reasoningTokens { bytes.append(UInt8(ascii: ".")) }
        bytes.removeLast(bytes.count - 4 * reasoningTokens)
        return bytes
    }
}

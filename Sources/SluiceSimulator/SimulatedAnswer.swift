/// The rule that turns a prompt into its answer, so that the answer to every row can be checked.
///
/// The content is `echo:`, the 64-bit FNV-1a hash of the prompt in sixteen lower-case hexadecimal digits, a space, and
/// the prompt's first `excerptCharacters` Unicode code points. The prompt is the decoded text of the last message whose
/// role is `user` (of an array of parts: their texts joined with nothing between; an unpaired surrogate counts as
/// U+FFFD). Where that is shorter than `answerBytes`, it is filled up to exactly that many bytes with ` and so on`
/// repeated. Choice 1 and later add ` #` and their index. In Python:
///
///     h = 0xcbf29ce484222325
///     for b in prompt.encode(): h = (h ^ b) * 0x100000001b3 & 0xffffffffffffffff
///     content = f"echo:{h:016x} {prompt[:60]}"
///
/// In JSON it is `{"echo":"HASH","n":N}`, where N is the prompt's number of code points.
package struct SimulatedAnswer: Sendable, Equatable {
    package enum Format: String, Sendable, CaseIterable {
        /// JSON where `response_format`, or `text.format` of a response, asks for it.
        case automatic = "auto"
        case text, json
    }

    /// What stands in place of a JSON answer that is to fail a check.
    package enum Invalid: String, Sendable, CaseIterable {
        /// The content that is given without JSON.
        case text
        /// The JSON answer in a Markdown fence.
        case fenced
        /// The first half of the JSON answer.
        case cut
        /// `{}`: good JSON without the members.
        case empty
    }

    package var excerptCharacters: Int
    package var answerBytes: Int
    package var format = Format.automatic
    /// So many answers to a conversation are not the JSON that they should be. Conversations are told apart by all up
    /// to their first user message, so that a turn that corrects goes on with the same one.
    package var invalidFirst = 0
    package var invalid = Invalid.text
    /// Tokens of reasoning before each content.
    package var reasoningTokens = 0

    package init(excerptCharacters: Int = 60, answerBytes: Int = 0) {
        self.excerptCharacters = excerptCharacters
        self.answerBytes = answerBytes
    }

    /// The content that answers `prompt`, for choice `choice`, before any `max_tokens` cuts it.
    package func content(forPrompt prompt: String, choice: Int = 0) -> String {
        var bytes: [UInt8] = []
        appendContent(forPrompt: Array(prompt.utf8), choice: choice, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The content that answers `prompt` with the settings' defaults.
    package static func content(forPrompt prompt: String) -> String {
        SimulatedAnswer().content(forPrompt: prompt)
    }

    /// Appends the content that answers a prompt given as UTF-8.
    package func appendContent(forPrompt prompt: [UInt8], choice: Int, to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(literal: "echo:")
        bytes.append(hexadecimal: Self.fnv1a(prompt))
        bytes.append(0x20)
        bytes.append(contentsOf: prompt[..<Self.end(ofCodePoints: excerptCharacters, in: prompt)])
        if bytes.count - start < answerBytes {
            while bytes.count - start < answerBytes {
                bytes.append(literal: " and so on")
            }
            bytes.removeLast(bytes.count - start - answerBytes)
        }
        if choice > 0 {
            bytes.append(literal: " #")
            bytes.append(decimal: choice)
        }
    }

    /// The 64-bit FNV-1a hash.
    package static func fnv1a(_ bytes: [UInt8]) -> UInt64 {
        bytes.withUnsafeBufferPointer { bytes in
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for byte in bytes {
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
            }
            return hash
        }
    }

    /// The byte offset behind the first `count` code points of valid UTF-8.
    static func end(ofCodePoints count: Int, in utf8: [UInt8]) -> Int {
        var seen = 0
        for (offset, byte) in utf8.enumerated() where byte & 0xC0 != 0x80 {
            if seen == count { return offset }
            seen += 1
        }
        return utf8.count
    }

    /// The largest offset up to `offset` that does not cut a code point.
    static func boundary(atOrBefore offset: Int, in utf8: ArraySlice<UInt8>) -> Int {
        guard offset < utf8.endIndex else { return utf8.endIndex }
        var offset = offset
        while offset > utf8.startIndex && utf8[offset] & 0xC0 == 0x80 {
            offset -= 1
        }
        return offset
    }
}

import JSON

/// Changes to a request's body for a further try, as splices: what the user wrote is never encoded anew.
package enum RequestAmendment {
    /// The member that limits an answer's length, as a body has it.
    package struct OutputLimit: Sendable, Equatable {
        package let key: String
        /// In tokens, above 0.
        package let value: Int
        /// Where the number stands in the body.
        package let range: Range<Int>

        package func splice(to limit: Int) -> BodySplice {
            BodySplice(range: range, replacement: Array(String(limit).utf8))
        }
    }

    /// In the order in which they count where a body has several.
    private static let limits = ["max_completion_tokens", "max_output_tokens", "max_tokens"]

    /// An answer is shown to the model again up to so many bytes.
    package static let longestAnswer = 64 << 10

    /// The limit at the body's top level; nil where none is set to a whole number above 0. `null` counts as unset, and
    /// a repeated key with its last value.
    package static func outputLimit(of body: [UInt8], parser: JSONParser = JSONParser()) -> OutputLimit? {
        guard let document = try? parser.parse(body) else { return nil }
        for key in limits {
            guard let member = document[key], !member.isNull else { continue }
            guard let value = member.integer, value > 0 else { return nil }
            return OutputLimit(key: key, value: Int(value), range: member.range)
        }
        return nil
    }

    /// The next larger limit: `factor` times as much, rounded up, and never above `cap`; nil when the limit is there.
    package static func grown(limit: Int, factor: Double, cap: Int) -> Int? {
        guard limit < cap else { return nil }
        let wanted = (Double(limit) * factor).rounded(.up)
        if wanted >= Double(cap) { return cap }
        return wanted > Double(limit) ? Int(wanted) : limit + 1
    }

    /// JSON of the two messages that ask for a better answer: the answer as it came, and what is wrong with it. An
    /// empty answer is left out, as some providers refuse a message without text.
    package static func correctingTurns(answerText: [UInt8], fault: String) -> [UInt8] {
        var turns: [UInt8] = []
        let text = shown(answerText)
        if !text.isEmpty {
            turns += #"{"role":"assistant","content":"#.utf8
            JSONText.appendString(text, to: &turns)
            turns += "},".utf8
        }
        turns += #"{"role":"user","content":"#.utf8
        let request =
            "Your answer could not be used: \(fault). Answer again. Give only the corrected answer, complete, without "
            + "an explanation and without a code fence."
        JSONText.appendString(request, to: &turns)
        return turns + "}".utf8
    }

    /// Puts further turns at the end of a chat's `messages` or of the list that is a response's `input`. Nil for other
    /// routes, and where the body has no such list.
    ///
    /// - Parameters:
    ///   - url: the request's path.
    ///   - turns: JSON of one or more messages, without brackets around them.
    package static func adding(
        turns: [UInt8], to body: [UInt8], url: String, parser: JSONParser = JSONParser()
    ) -> BodySplice? {
        let key: String
        switch AnswerKind(url: url) {
        case .chat: key = "messages"
        case .response: key = "input"
        case .completion, .data, .results, .other: return nil
        }
        guard let list = (try? parser.parse(body))?[key], list.kind == .array else { return nil }
        var turns = turns
        var end = list.range.lowerBound + 1
        for element in list.elements { end = element.range.upperBound }
        if list.count > 0 { turns.insert(UInt8(ascii: ","), at: 0) }
        return BodySplice(range: end..<end, replacement: turns)
    }

    /// As much of an answer as is shown again, as UTF-8 that does not end within a character.
    private static func shown(_ text: [UInt8]) -> [UInt8] {
        var end = min(text.count, longestAnswer)
        while end < text.count, end > longestAnswer - 3, text[end] & 0xC0 == 0x80 { end -= 1 }
        let shown = text[..<end]
        return JSONText.isValidUTF8(shown) ? Array(shown) : Array(String(decoding: shown, as: UTF8.self).utf8)
    }
}

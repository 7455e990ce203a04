import JSON

/// Takes the parts that exports want out of stored answers. Owns a parser, and so belongs to one thread at a time.
package struct AnswerReader {
    /// Parts of one choice. Ranges are offsets into `document`.
    package struct Parts: Sendable, Equatable {
        /// The answer: the body itself, or for a stream the document put together from it.
        package var document: [UInt8]
        /// Decoded UTF-8; nil when the answer has no text, as one of tool calls only.
        package var text: [UInt8]?
        package var reasoning: [UInt8]?
        package var refusal: [UInt8]?
        package var finishReason: String?
        package var model: String?
        /// The message as the provider wrote it, tool calls included.
        package var message: Range<Int>?
        package var toolCalls: Range<Int>?
        package var usage: Range<Int>?
    }

    private let parser = JSONParser()

    package init() {}

    /// Appends the text of an answer to the path `url`; false, and nothing appended, when it has none.
    ///
    /// That is a message's content, or its text parts one after the other; the text of a plain completion; every
    /// `output_text` of a response.
    package func appendText(of body: [UInt8], url: String, choice: Int = 0, to target: inout [UInt8]) -> Bool {
        guard let (root, _) = open(body) else { return false }
        return Self.appendText(root, AnswerKind(url: url), choice: choice, to: &target)
    }

    /// Appends the text of an answer as a JSON string; false, and nothing appended, when it has none.
    func appendTextAsJSON(of body: [UInt8], _ kind: AnswerKind, to target: inout TextBuffer) -> Bool {
        guard let (root, _) = open(body) else { return false }
        // The text of nearly every answer is one string, which the provider has escaped as it is to be escaped again.
        if let content = Self.onlyContent(root, kind), content.isStringAsWritten {
            content.withRawBytes { target.append($0) }
            return true
        }
        var text: [UInt8] = []
        guard Self.appendText(root, kind, choice: 0, to: &text) else { return false }
        target.appendString(utf8: text)
        return true
    }

    package func text(of body: [UInt8], url: String, choice: Int = 0) -> String? {
        var bytes: [UInt8] = []
        guard appendText(of: body, url: url, choice: choice, to: &bytes) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text of each choice, nil for one that has none. Of operations without choices the one text there is.
    package func texts(of body: [UInt8], url: String) -> [[UInt8]?] {
        guard let (root, _) = open(body) else { return [] }
        let kind = AnswerKind(url: url)
        return (0..<max(1, root["choices"]?.count ?? 0)).map { choice in
            var text: [UInt8] = []
            return Self.appendText(root, kind, choice: choice, to: &text) ? text : nil
        }
    }

    /// Nil when the body is not JSON.
    package func read(_ body: [UInt8], url: String, choice: Int = 0) -> Parts? {
        guard let (root, document) = open(body) else { return nil }
        let offset = OutcomeClassifier.markLength(document)
        let kind = AnswerKind(url: url)
        var parts = Parts(document: document)
        var text: [UInt8] = []
        if Self.appendText(root, kind, choice: choice, to: &text) { parts.text = text }
        parts.model = root["model"]?.shortText
        parts.usage = root["usage"].flatMap { $0.kind == .object ? $0.range(movedBy: offset) : nil }
        parts.finishReason = AnswerReading(root, AnswerMembers(root), kind: kind).finishReason
        guard kind != .response, let choice = root["choices"]?[choice] else { return parts }
        parts.finishReason = choice["finish_reason"]?.shortText
        guard let message = choice["message"], message.kind == .object else { return parts }
        parts.message = message.range(movedBy: offset)
        parts.refusal = message["refusal"]?.filledText
        parts.reasoning = message["reasoning_content"]?.filledText ?? message["reasoning"]?.filledText
        parts.toolCalls = message["tool_calls"].flatMap { $0.count > 0 ? $0.range(movedBy: offset) : nil }
        return parts
    }

    private func open(_ body: [UInt8]) -> (root: JSONValue, document: [UInt8])? {
        let isStream = StreamedAnswer.looksLikeStream(body)
        let document = isStream ? StreamedAnswer(body, parser: parser).document : body
        guard let root = try? parser.parse(OutcomeClassifier.withoutMark(document)) else { return nil }
        return (root, document)
    }

    /// What `appendText` looks at first, and looks no further where it is a string.
    private static func onlyContent(_ root: JSONValue, _ kind: AnswerKind) -> JSONValue? {
        guard kind == .chat || kind == .completion else { return nil }
        return root["choices"]?[0]?["message"]?["content"]
    }

    private static func appendText(
        _ root: JSONValue, _ kind: AnswerKind, choice: Int, to target: inout [UInt8]
    ) -> Bool {
        switch kind {
        case .chat, .completion:
            guard let choice = root["choices"]?[choice] else { return false }
            return MessageContent.appendText(choice["message"]?["content"], to: &target)
                || choice["text"]?.appendString(to: &target) == true
        case .response:
            var found = false
            for item in root["output"]?.elements ?? root.elements where item["type"]?.isString("message") == true {
                if MessageContent.appendText(item["content"], to: &target) { found = true }
            }
            return found
        case .data, .results, .other:
            return false
        }
    }
}

extension JSONValue {
    fileprivate var filledText: [UInt8]? {
        guard isFilledString else { return nil }
        var text: [UInt8] = []
        return appendString(to: &text) ? text : nil
    }

    fileprivate func range(movedBy offset: Int) -> Range<Int> {
        range.lowerBound + offset..<range.upperBound + offset
    }
}

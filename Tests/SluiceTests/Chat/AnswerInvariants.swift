import JSON

@testable import Sluice

/// What is true of every answer, however broken it is.
struct AnswerInvariants {
    /// What was not.
    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    private let classifier = OutcomeClassifier(secrets: [Array(ProviderFixture.key.utf8)])
    private let reader = AnswerReader()
    private let parser = JSONParser()

    func check(_ input: FuzzInput, _ chance: inout Chance) throws(Violation) {
        let outcome = classifier.classify(input.result, url: input.url, now: 0)
        try expect(outcome == classifier.classify(input.result, url: input.url, now: 0), "it is judged alike twice")
        try checkWords(outcome)
        let body = input.answer.body
        let document = outcome.document ?? body
        try expect(document.count <= body.count * 8 + 16_384, "the document is not much larger than the body")
        try checkUsage(outcome, document)
        if case .settle(.ok) = outcome.verdict { try checkSubstance(document, AnswerKind(url: input.url), outcome) }
        try checkReader(document, url: input.url, choice: Int.random(in: 0...2, using: &chance))
        try checkTextAsJSON(body, url: input.url)
        try checkTextAsJSON(document, url: input.url)
        try checkStream(body, &chance)
        _ = RateLimitHeaders(input.answer.headers, now: 0)
        if let root = try? parser.parse(body) {
            if let usage = Usage(root) { try checkCounts(usage) }
            try checkMembers(root)
        }
    }

    /// Found in one walk, they are what stands under each name; and what they name an error is read as one.
    private func checkMembers(_ root: JSONValue) throws(Violation) {
        let members = AnswerMembers(root)
        let found = [
            members.choices, members.output, members.data, members.results, members.status, members.incompleteDetails,
        ]
        let named = ["choices", "output", "data", "results", "status", "incomplete_details"].map { root[$0] }
        try expect(found.map { $0?.range } == named.map { $0?.range }, "members are those of their names")
        guard root.kind == .object else { return }
        let isError = ProviderError(root, isRejection: false) != nil
        try expect(members.nameAnError == isError, "what names an error is one, and nothing else")
    }

    private func expect(_ isSo: Bool, _ what: @autoclosure () -> String) throws(Violation) {
        guard isSo else { throw Violation(description: "not so: \(what())") }
    }

    /// What is stored beside an answer is short, one line, and without the key.
    private func checkWords(_ outcome: Outcome) throws(Violation) {
        let facts = [
            outcome.finishReason, outcome.servedModel, outcome.serviceTier, outcome.requestID, outcome.errorCode,
            outcome.errorType,
        ]
        for case let fact? in facts {
            try expect((1...256).contains(fact.utf8.count), "facts are short: \(fact)")
            try expect(fact.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "facts have no control characters: \(fact)")
            try expect(!fact.contains(ProviderFixture.key), "facts have no key: \(fact)")
        }
        let words = outcome.errorMessage ?? ""
        try expect(words.utf8.count <= 500, "words are short")
        try expect(words.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "words have no control characters: \(words)")
        try expect(!words.contains(ProviderFixture.key), "words have no key: \(words)")
        switch outcome.verdict {
        case .settle(.failed), .retry, .stop: try expect(outcome.errorCode != nil, "what failed has a code")
        case .settle: break
        }
    }

    /// An export writes the text itself, however it comes by it.
    private func checkTextAsJSON(_ body: [UInt8], url: String) throws(Violation) {
        var text: [UInt8] = []
        var expected = Array("before".utf8)
        let hasText = reader.appendText(of: body, url: url, to: &text)
        if hasText { JSONText.appendString(text, to: &expected) }
        var target = TextBuffer(capacity: 0)
        target.append("before" as StaticString)
        let isWritten = reader.appendTextAsJSON(of: body, AnswerKind(url: url), to: &target)
        try expect(isWritten == hasText && target.bytes == expected, "the text is written as it is read")
    }

    private func checkUsage(_ outcome: Outcome, _ document: [UInt8]) throws(Violation) {
        if let usage = outcome.usage { try checkCounts(usage) }
        guard let range = outcome.usageRange else { return }
        try expect(range.lowerBound >= 0 && range.upperBound <= document.count, "usage lies in the document")
        guard let value = try? parser.parse(document[range]) else {
            throw Violation(description: "not so: usage is JSON")
        }
        try expect(value.kind == .object && Usage(value) == outcome.usage, "usage is what stands there")
    }

    private func checkCounts(_ usage: Usage) throws(Violation) {
        let counts = [
            usage.promptTokens, usage.completionTokens, usage.totalTokens, usage.cachedTokens, usage.cacheWriteTokens,
            usage.reasoningTokens,
        ]
        // A sum of a cache's writes adds up to 16 numbers of at most 10^15.
        for case let count? in counts {
            try expect((0...20_000_000_000_000_000).contains(count), "counts are sensible: \(count)")
        }
    }

    /// `ok` is a whole answer of the shape that was asked for, with something in each choice unless it is marked empty.
    private func checkSubstance(_ document: [UInt8], _ kind: AnswerKind, _ outcome: Outcome) throws(Violation) {
        guard let root = try? parser.parse(OutcomeClassifier.withoutMark(document)) else {
            throw Violation(description: "not so: what is ok is JSON")
        }
        switch kind {
        case .chat, .completion:
            let choices = root["choices"]
            try expect((choices?.count ?? 0) > 0, "what is ok has choices")
            for choice in choices?.elements ?? root.elements where !outcome.textIsEmpty {
                try expect(Self.hasSubstance(choice), "what is ok says something")
            }
        case .response:
            try expect(outcome.textIsEmpty || (root["output"]?.count ?? 0) > 0, "what is ok has output")
        case .data: try expect((root["data"]?.count ?? 0) > 0, "what is ok has data")
        case .results: try expect((root["results"]?.count ?? 0) > 0, "what is ok has results")
        case .other: try expect(root.kind == .object, "what is ok is an object")
        }
    }

    private static func hasSubstance(_ choice: JSONValue) -> Bool {
        if choice["text"]?.isFilledString == true { return true }
        guard let message = choice["message"] else { return false }
        if let content = message["content"], content.isFilledString || content.count > 0 { return true }
        return ["tool_calls", "function_call", "audio", "images"].contains { (message[$0]?.count ?? 0) > 0 }
    }

    private func checkReader(_ document: [UInt8], url: String, choice: Int) throws(Violation) {
        let parts = reader.read(document, url: url, choice: choice)
        try expect(parts == reader.read(document, url: url, choice: choice), "it is read alike twice")
        let text = reader.text(of: document, url: url, choice: choice)
        try expect(parts?.text.map { String(decoding: $0, as: UTF8.self) } == text, "both ways read one text")
        guard let parts else { return }
        for case let range? in [parts.message, parts.toolCalls, parts.usage] {
            try expect(range.lowerBound >= 0 && range.upperBound <= parts.document.count, "parts lie in the document")
        }
        try expect((parts.text?.count ?? 0) <= document.count * 8, "the text is not much larger than the document")
    }

    /// However a stream is cut, it reads the same and gives a document.
    private func checkStream(_ body: [UInt8], _ chance: inout Chance) throws(Violation) {
        let whole = StreamedAnswer(body, parser: parser)
        let first = Int.random(in: 0...body.count, using: &chance)
        let second = Int.random(in: first...body.count, using: &chance)
        let cut = StreamedAnswer(pieces: [body[..<first], body[first..<second], body[second...]], parser: parser)
        try expect(whole.document == cut.document && whole.end == cut.end, "cuts at \(first), \(second) change nothing")
        try expect((try? parser.parse(whole.document)) != nil, "a stream's document is JSON")
        try expect(whole.document.count <= body.count * 8 + 16_384, "a stream's document is not much larger")
        if chance.next() % 4 == 0 { try checkProgress(body, whole) }
    }

    /// Byte by byte it reads the same too, and tells of text when there is any.
    private func checkProgress(_ body: [UInt8], _ whole: StreamedAnswer) throws(Violation) {
        var events = EventStreamParser()
        var assembler = StreamAssembler(parser: parser)
        var progress: Progress = []
        var bytes = 0
        func take(_ name: ArraySlice<UInt8>, _ data: ArraySlice<UInt8>) {
            bytes += name.count + data.count
            progress.formUnion(assembler.add(name: name, data: data))
        }
        for byte in body.indices { events.append(body[byte...byte], event: take) }
        events.finish(event: take)
        try expect(assembler.finish() == (whole.document, whole.end), "byte by byte changes nothing")
        try expect(bytes <= body.count, "events hold no more than came")
        try expect(progress.contains(.event) || !progress.contains(.text), "text is an event")
        let text = reader.text(of: whole.document, url: ChatFixtures.chat) ?? ""
        try expect(text.isEmpty || progress.contains(.text), "text was told of")
        try expect(whole.end != .failed || progress.contains(.event), "an error was told of")
    }
}

import JSON

/// Sentences for bodies that are no JSON, or no answer.
extension OutcomeClassifier {
    /// The words of a rejection that is not JSON: an HTML page's title, or the text itself.
    func words(ofText body: [UInt8], status: Int) -> String {
        let text = body[...].trimmed
        if text.isEmpty { return "HTTP \(status) with an empty body" }
        if text.first == UInt8(ascii: "<") {
            guard let title = title(ofPage: text) else { return "HTTP \(status) with an HTML page" }
            return "HTTP \(status) with an HTML page: \(title)"
        }
        return SafeText.make(text, redacting: secrets) ?? "HTTP \(status)"
    }

    func words(notJSON body: [UInt8], _ error: JSONError, _ answer: HTTPAnswer) -> String {
        let text = body[...].trimmed
        if text.isEmpty || text.first == UInt8(ascii: "<") { return words(ofText: body, status: answer.status) }
        return "HTTP \(answer.status) with a body that is not JSON: \(error.reason) at byte \(error.offset)"
    }

    static func words(_ why: RetryCause.Unusable, reason: String?) -> String {
        switch why {
        case .unfinished: reason.map { "the answer ended with \($0)" } ?? "the answer did not end, and says nothing"
        case .empty, .notJSON, .noAnswer, .error, .cutShort: "an answer without anything that was asked for"
        }
    }

    private func title(ofPage page: ArraySlice<UInt8>) -> String? {
        let head = page.prefix(16_384)
        guard let tag = head.find("<title"), let open = head[tag...].firstIndex(of: UInt8(ascii: ">")),
            let close = head.find("</title", from: open)
        else { return nil }
        return SafeText.make(head[(open + 1)..<close], limit: 200, redacting: secrets)
    }

    static func isBlank(_ body: [UInt8]) -> Bool { body.allSatisfy(\.isWhiteSpace) }

    /// The bytes of a byte order mark at the start, which JSON does not allow and some servers send.
    static func markLength(_ body: [UInt8]) -> Int { body.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0 }

    static func withoutMark(_ body: [UInt8]) -> ArraySlice<UInt8> { body[markLength(body)...] }
}

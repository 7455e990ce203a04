import JSON

/// The content of a message: a string, a list of parts, or nothing.
enum MessageContent {
    static func hasText(_ content: JSONValue?) -> Bool {
        guard let content else { return false }
        if content.isVisibleString { return true }
        return content.elements.contains { part in
            part.isVisibleString || part["text"]?.isVisibleString == true
        }
    }

    /// Appends the string, or the text parts one after the other; false when there is no text at all.
    static func appendText(_ content: JSONValue?, to target: inout [UInt8]) -> Bool {
        guard let content else { return false }
        if content.appendString(to: &target) { return true }
        var found = false
        for part in content.elements {
            if part.appendString(to: &target) || part["text"]?.appendString(to: &target) == true { found = true }
        }
        return found
    }

    /// Whether a list of parts holds a refusal.
    static func hasRefusal(_ content: JSONValue?) -> Bool {
        guard let content, case .array = content.kind else { return false }
        return content.elements.contains { $0["refusal"]?.isFilledString == true }
    }
}

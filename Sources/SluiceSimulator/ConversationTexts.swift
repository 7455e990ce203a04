import JSON

/// Adds up the texts of a conversation.
struct ConversationTexts {
    private var bytes = 0
    private var others: [UInt8] = []
    private var hash = StableHash()
    /// Whether the start goes on: until a user's text, and only where it is asked for.
    private var isStart: Bool

    init(marksStart: Bool) {
        isStart = marksStart
    }

    var tokens: Int { ModelRequest.tokens(ofBytes: bytes) }

    /// The hash of the texts up to and with the first of a user.
    var start: UInt64 { hash.value }

    /// Takes in a message's content; `prompt` becomes the text of a user's.
    mutating func add(_ content: JSONValue?, isUser: Bool, prompt: inout [UInt8]) {
        if isUser {
            prompt.removeAll(keepingCapacity: true)
            append(content, to: &prompt)
            bytes += prompt.count
            if isStart { prompt.withUnsafeBytes { hash.combine($0) } }
            isStart = false
        } else {
            others.removeAll(keepingCapacity: true)
            append(content, to: &others)
            bytes += others.count
            if isStart { others.withUnsafeBytes { hash.combine($0) } }
        }
    }

    /// Appends a content's text: a string, or the texts of an array's parts, joined.
    func append(_ content: JSONValue?, to text: inout [UInt8]) {
        guard let content else { return }
        if content.appendString(to: &text) { return }
        if content.kind == .object {
            _ = content["text"]?.appendString(to: &text)
        }
        for part in content.elements {
            _ = part["text"]?.appendString(to: &text)
        }
    }
}

import JSON

/// Adds up what of a request becomes prompt tokens.
struct PromptSize {
    private var bytes = 0
    private var attachments = 0
    /// Where files go in when the request is sent: offsets of empty texts' closing quotes.
    var filePositions: [Int] = []

    /// Whether a text, empty now, will be a file's data.
    func isFilled(_ text: JSONValue) -> Bool { filePositions.contains(text.range.lowerBound + 1) }

    mutating func add(_ value: JSONValue) {
        bytes += value.range.count
    }

    /// An image, sound or file that is part of a value already added; `data` is its content, if it stands inline.
    mutating func addAttachment(data: JSONValue?) {
        attachments += 1
        bytes -= data?.range.count ?? 0
    }

    var tokens: Int { (bytes + 3) / 4 + attachments * TokenEstimate.attachmentTokens }
}

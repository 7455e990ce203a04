/// The shape of answer that a request's path asks for.
package enum AnswerKind: Sendable, Equatable {
    /// `/v1/chat/completions`: choices with a message.
    case chat
    /// `/v1/completions`: choices with a text.
    case completion
    /// `/v1/responses`: a status and a list of output items.
    case response
    /// `/v1/embeddings`, `/v1/images/…`: a list called `data`.
    case data
    /// `/v1/moderations`: a list called `results`.
    case results
    /// Anything else; any object that is no error will do.
    case other

    /// Goes by the end of the path, so that a base path, a deployment name or a query makes no difference.
    package init(url: String) {
        let path = url.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        var bytes = Array(path)[...]
        while bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        let last = bytes.split(separator: UInt8(ascii: "/")).suffix(2)
        guard let name = last.last, let parent = last.first else {
            self = .other
            return
        }
        if name.equalsIgnoringCase("completions") {
            self = last.count == 2 && parent.equalsIgnoringCase("chat") ? .chat : .completion
        } else if name.equalsIgnoringCase("responses") {
            self = .response
        } else if name.equalsIgnoringCase("embeddings") || parent.equalsIgnoringCase("images") {
            self = .data
        } else if name.equalsIgnoringCase("moderations") {
            self = .results
        } else {
            self = .other
        }
    }
}

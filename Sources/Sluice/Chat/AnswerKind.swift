#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

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
        var url = url
        self = url.withUTF8 { AnswerKind(url: UnsafeRawBufferPointer($0)) }
    }

    private init(url: UnsafeRawBufferPointer) {
        let slash = UInt8(ascii: "/")
        var end = min(Self.place(of: "?", in: url), Self.place(of: "#", in: url))
        while end > 0, url[end - 1] == slash { end -= 1 }
        var start = end
        while start > 0, url[start - 1] != slash { start -= 1 }
        let parentEnd = max(start - 1, 0)
        var parentStart = parentEnd
        while parentStart > 0, url[parentStart - 1] != slash { parentStart -= 1 }

        func spells(_ range: Range<Int>, _ name: StaticString) -> Bool {
            guard range.count == name.utf8CodeUnitCount else { return false }
            return UnsafeRawBufferPointer(rebasing: url[range]).equalsIgnoringCase(name)
        }
        let name = start..<end
        let parent = parentStart..<parentEnd
        if spells(name, "completions") {
            self = spells(parent, "chat") ? .chat : .completion
        } else if spells(name, "responses") {
            self = .response
        } else if spells(name, "embeddings") || spells(parent, "images") {
            self = .data
        } else if spells(name, "moderations") {
            self = .results
        } else {
            self = .other
        }
    }

    /// Where the first such byte stands, or the end.
    private static func place(of character: Unicode.Scalar, in url: UnsafeRawBufferPointer) -> Int {
        guard let base = url.baseAddress, let found = memchr(base, Int32(UInt8(ascii: character)), url.count) else {
            return url.count
        }
        return UnsafeRawPointer(found) - base
    }
}

import JSON

/// A whole body of server-sent events, read as one answer.
package struct StreamedAnswer: Sendable, Equatable {
    let document: [UInt8]
    let end: StreamAssembler.End

    init(_ body: [UInt8], parser: JSONParser) {
        self.init(pieces: CollectionOfOne(body[...]), parser: parser)
    }

    /// Reads a body that comes in pieces, wherever it was cut.
    init(pieces: some Sequence<ArraySlice<UInt8>>, parser: JSONParser) {
        var events = EventStreamParser()
        var assembler = StreamAssembler(parser: parser)
        for piece in pieces { events.append(piece) { assembler.add(name: $0, data: $1) } }
        events.finish { assembler.add(name: $0, data: $1) }
        if events.isOverLimit { assembler.breakOff() }
        (document, end) = assembler.finish()
    }

    /// What an assembler has put together.
    init(_ assembler: StreamAssembler) {
        (document, end) = assembler.finish()
    }

    /// Whether a body is a stream, whatever its content type says: it begins with a field or a comment.
    static func looksLikeStream(_ body: [UInt8]) -> Bool {
        // As most answers begin.
        if body.first == UInt8(ascii: "{") { return false }
        var start = body[...]
        if start.starts(with: [0xEF, 0xBB, 0xBF]) { start = start.dropFirst(3) }
        start = start.drop(while: \.isWhiteSpace)
        switch start.first {
        case UInt8(ascii: ":"): return true
        case UInt8(ascii: "d"): return start.starts(with: "data:".utf8)
        case UInt8(ascii: "e"): return start.starts(with: "event:".utf8)
        case UInt8(ascii: "i"): return start.starts(with: "id:".utf8)
        case UInt8(ascii: "r"): return start.starts(with: "retry:".utf8)
        default: return false
        }
    }
}

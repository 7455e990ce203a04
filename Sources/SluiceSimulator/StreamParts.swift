import NIOCore

/// Collects what is sent in time, each piece a chunk of HTTP's; what follows at once joins the same write.
struct StreamParts {
    let isChunked: Bool
    private var isHeadAlone = true
    private var parts: [(wait: Int64, bytes: [UInt8])] = [(0, [])]

    init(isChunked: Bool) {
        self.isChunked = isChunked
    }

    mutating func add(head: [UInt8]) {
        parts[parts.count - 1].bytes += head
    }

    /// `wait`: nanoseconds behind the piece before.
    mutating func add(_ bytes: [UInt8], after wait: Int64) {
        if wait > 0 { parts.append((wait, [])) }
        parts[parts.count - 1].bytes += framed(bytes)
        if parts.count == 1 { isHeadAlone = false }
    }

    /// Ends the body in good order.
    mutating func end() {
        if isChunked { parts[parts.count - 1].bytes += Array("0\r\n\r\n".utf8) }
    }

    /// Bytes as one chunk of the body.
    func framed(_ bytes: [UInt8]) -> [UInt8] {
        guard isChunked else { return bytes }
        var chunk: [UInt8] = []
        chunk.reserveCapacity(bytes.count + 16)
        chunk.append(text: String(bytes.count, radix: 16))
        chunk.append(literal: "\r\n")
        chunk.append(contentsOf: bytes)
        chunk.append(literal: "\r\n")
        return chunk
    }

    /// Gives the pieces to a reply. Where only the head comes at once, it waits for the first of the body: clients take
    /// the head for the first sign of an answer.
    func move(to reply: inout Reply) {
        var parts = parts
        if parts.count > 1, isHeadAlone {
            parts[1].bytes = parts[0].bytes + parts[1].bytes
            parts.removeFirst()
        }
        reply.delay = parts[0].wait
        reply.first = ByteBuffer(bytes: parts[0].bytes)
        reply.rest = parts.dropFirst().map { Reply.Piece(wait: $0.wait, bytes: ByteBuffer(bytes: $0.bytes)) }
    }
}

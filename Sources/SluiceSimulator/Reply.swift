import NIOCore

/// An answer ready to be sent: bytes, their pace, and what becomes of the connection.
struct Reply {
    enum Ending {
        /// The connection serves the next request.
        case keepOpen
        /// The connection is closed in good order once the bytes have left.
        case close
        /// The connection is reset.
        case reset
        /// Nothing further happens until the client goes away; the request stays in flight.
        case stall
        /// As `stall`, but the request is done.
        case linger
    }

    /// Nanoseconds before the first byte.
    var delay: Int64 = 0
    var first: ByteBuffer?
    /// Sent one at a time.
    var rest: [Piece] = []
    /// Sent again and again behind a stalled answer.
    var pulse: Piece?
    var ending = Ending.keepOpen
    /// What is counted when all is sent; nil for requests that are ask for no answer of a model.
    var account: Account?

    struct Piece {
        /// Nanoseconds behind the piece before.
        var wait: Int64
        var bytes: ByteBuffer
    }

    struct Account {
        /// Nil for a request that was refused.
        var ticket: EndpointState.Ticket?
        var status: Int?
        var promptTokens = 0
        var completionTokens = 0
    }
}

extension Reply {
    /// Sends the first bytes of a message, a head and `count` blank lines, over the time that its answer takes.
    ///
    /// `earlyBytes` is the length of the head. The head and the first blank line come at once.
    mutating func spread(_ message: ByteBuffer, earlyBytes: Int, count: Int, over delay: Int64) {
        var message = message
        let step = delay / Int64(count)
        first = message.readSlice(length: min(earlyBytes + 1, message.readableBytes))
        for _ in 1..<count where message.readableBytes > 1 {
            if let line = message.readSlice(length: 1) { rest.append(Piece(wait: step, bytes: line)) }
        }
        rest.append(Piece(wait: step, bytes: message))
    }
}

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
        /// Nothing further happens until the client goes away.
        case stall
    }

    /// Nanoseconds before the first byte.
    var delay: Int64 = 0
    var first: ByteBuffer?
    /// Sent one at a time, `interval` nanoseconds apart.
    var rest: [ByteBuffer] = []
    var interval: Int64 = 0
    var ending = Ending.keepOpen
    /// What is counted when all is sent; nil for requests that are no chat completions.
    var account: Account?

    struct Account {
        /// Nil for a request that was refused.
        var ticket: EndpointState.Ticket?
        var status: Int?
        var promptTokens = 0
        var completionTokens = 0
    }
}

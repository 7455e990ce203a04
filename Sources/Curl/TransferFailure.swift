/// A request that ended without a complete answer.
package struct TransferFailure: Error, Sendable, CustomStringConvertible {
    package enum Phase: Equatable, Sendable { case connect, firstByte, idle, stall, total }

    package enum Kind: Equatable, Sendable {
        /// The host's name, or its proxy's, was not found.
        case resolve
        /// No connection came about.
        case connect
        /// The TLS handshake failed, or the certificate is not trusted.
        case tls
        /// The certificate is signed by nobody who is trusted.
        case unknownAuthority
        /// A phase took longer than its limit.
        case timeout(Phase)
        /// The connection was closed or reset before the answer was whole.
        case reset
        /// The answer passed the cap on its body or its headers.
        case tooLarge
        /// What came is not HTTP, or not in the encoding that it claims.
        case protocolError
        /// The loop was given up or shut down.
        case cancelled
        /// The process has no descriptor left for a connection.
        case outOfDescriptors
        /// Anything else, with libcurl's code.
        case other(Int32)
    }

    package var kind: Kind
    /// One sentence; holds no credentials, no headers and no body.
    package var message: String
    /// Whether a byte of the request may have left: the endpoint may have worked on it, and billed it.
    package var sentBytes: Bool
    /// What had come of the answer: its status, its header block and its body so far.
    package var status: Int?
    package var headerBytes: [UInt8]
    package var body: [UInt8]
    /// What took the body.
    package var sink: (any BodySink)?

    package init(
        kind: Kind, message: String, sentBytes: Bool, status: Int? = nil, headerBytes: [UInt8] = [],
        body: [UInt8] = [], sink: (any BodySink)? = nil
    ) {
        self.kind = kind
        self.message = message
        self.sentBytes = sentBytes
        self.status = status
        self.headerBytes = headerBytes
        self.body = body
        self.sink = sink
    }

    package var description: String { message }
}

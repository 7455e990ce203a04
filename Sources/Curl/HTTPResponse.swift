/// A complete answer, whatever its status.
package struct HTTPResponse: Sendable {
    package var status: Int
    /// Such as 1.1 or 2.
    package var httpVersion: HTTPVersionNumber
    /// The final answer's header block as received: status line, header lines, no blank line at its end. Interim
    /// answers, a proxy's CONNECT answer and trailers are not in it.
    package var headerBytes: [UInt8]
    /// Decoded from transfer and content encodings. Empty when a sink took it.
    package var body: [UInt8]
    /// What took the body.
    package var sink: (any BodySink)?
    /// From the send to the final status line.
    package var firstByte: Duration
    /// From the send to the end of the answer.
    package var total: Duration
    /// Whether the request went over a connection that stood already.
    package var connectionReused: Bool

    package var headers: HeaderFields { HeaderFields(bytes: headerBytes) }

    /// The value of the first header of that name, in any case of letters, without blanks around it.
    package func header(_ name: String) -> String? {
        headers.first(name)
    }
}

/// The protocol's version as the status line has it.
package struct HTTPVersionNumber: Equatable, Sendable, CustomStringConvertible {
    package var major: Int
    package var minor: Int

    package init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    package var description: String { "HTTP/\(major).\(minor)" }
}

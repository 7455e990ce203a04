/// A transfer that ended without a whole answer.
package struct TransportFailure: Error, Sendable, Equatable {
    /// What the transfer was waiting for when its time was up.
    package enum Phase: String, Sendable {
        case connect, firstByte, idle, stall, total
    }

    package enum Kind: Sendable, Equatable {
        case resolve
        case connect
        case tls
        case timeout(Phase)
        case reset
        /// The answer passed the byte cap; asking again would only cost the same again.
        case tooLarge
        /// Given up by us; says nothing about the request or the endpoint.
        case cancelled
        /// Any other code of the transport's own.
        case other(Int32)
    }

    package var kind: Kind
    /// The transport's sentence. No prompt text and no key stands in it.
    package var message: String
    /// Bytes of the request may have left, so the model may have worked, and have been billed.
    package var sentBytes: Bool
    /// As much of an answer as had come, once its head was complete.
    package var partial: HTTPAnswer?

    package init(kind: Kind, message: String, sentBytes: Bool, partial: HTTPAnswer? = nil) {
        self.kind = kind
        self.message = message
        self.sentBytes = sentBytes
        self.partial = partial
    }

    package var status: Int? { partial?.status }

    /// A short name for the totals: `timeout_idle`, `reset`, `transport_92`.
    package var code: String {
        switch kind {
        case .resolve: "resolve"
        case .connect: "connect"
        case .tls: "tls"
        case .timeout(.connect): "timeout_connect"
        case .timeout(.firstByte): "timeout_first_byte"
        case .timeout(.idle): "timeout_idle"
        case .timeout(.stall): "timeout_stall"
        case .timeout(.total): "timeout_total"
        case .reset: "reset"
        case .tooLarge: "answer_too_large"
        case .cancelled: "cancelled"
        case .other(let code): "transport_\(code)"
        }
    }
}

import CCurl

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Transfer {
    /// The complete answer; the transfer gives its body away.
    func response(now: LoopInstant) -> HTTPResponse {
        sink?.end()
        return HTTPResponse(
            status: status, httpVersion: httpVersion, headerBytes: Array(headerBytes.bytes), body: body.taken(),
            sink: sink,
            firstByte: .nanoseconds(firstByte - started), total: .nanoseconds(now - started),
            connectionReused: !openedSocket)
    }

    /// A failure with what had come of the answer.
    func failure(_ kind: TransferFailure.Kind, _ message: String) -> TransferFailure {
        sink?.end()
        let sentBytes: Bool
        switch phase {
        case .idle, .connecting, .parked: sentBytes = false
        case .sent, .answering: sentBytes = true
        }
        let status = status >= 200 ? status : nil
        return TransferFailure(
            kind: kind, message: message, sentBytes: sentBytes, status: status,
            headerBytes: status == nil ? [] : Array(headerBytes.bytes), body: body, sink: sink)
    }

    /// What libcurl's result means for this transfer.
    func failure(_ code: CURLcode) -> TransferFailure {
        switch stop {
        case .tooLarge(let reason):
            return failure(.tooLarge, reason)
        case .resend:
            return failure(.reset, "the connection was closed before any answer; the request was not sent again")
        case .lookupUnderWay, nil:
            break
        }
        if socketError == EMFILE || socketError == ENFILE {
            return failure(
                .outOfDescriptors, "no socket for the connection: \(SystemCall.message(for: socketError))")
        }
        guard code != CURLE_OK else { return failure(.protocolError, "the answer has no status line") }
        let words = libraryMessage
        var failure = failure(.other(0), words.isEmpty ? String(cString: curl_easy_strerror(code)) : words)
        if code == CURLE_SEND_ERROR {
            // The connection stood, but if nothing was written the request is certainly unsent.
            var written = 0
            if ccurl_get_long(easy, CURLINFO_REQUEST_SIZE, &written) == CURLE_OK, written == 0 {
                failure.sentBytes = false
            }
        }
        failure.kind = TransferFailure.Kind(code, sentBytes: failure.sentBytes)
        if code == CURLE_PEER_FAILED_VERIFICATION, hasUnknownAuthority { failure.kind = .unknownAuthority }
        return failure
    }

    /// OpenSSL's results for a chain that leads to none of the authorities it was given: one certificate, signed by itself;
    /// a chain that ends with such a one; no issuer found; a first certificate that cannot be verified
    /// (https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/).
    private static let unknownAuthority = 18...21

    private var hasUnknownAuthority: Bool {
        var result = 0
        return ccurl_get_long(easy, CURLINFO_SSL_VERIFYRESULT, &result) == CURLE_OK
            && Self.unknownAuthority.contains(result)
    }

    /// The phase that has used its time up, if one has.
    func overduePhase(now: LoopInstant) -> TransferFailure.Phase? {
        let limits = pool.profile.limits
        if now - started >= limits.total { return .total }
        switch phase {
        case .idle: return nil
        case .connecting, .parked: return now - started >= limits.connect ? .connect : nil
        case .sent(let moment): return now - moment >= limits.firstByte ? .firstByte : nil
        case .answering:
            if now - lastByte >= limits.idle { return .idle }
            guard sink != nil else { return nil }
            if let lastProgress { return now - lastProgress >= limits.stall ? .stall : nil }
            return now - firstByte >= limits.firstByte ? .stall : nil
        }
    }

    /// How long the end of a body is waited for whose sink has all it wanted: the connection can then be used again.
    private static let patienceAfterCompletion: Int64 = 1_000_000_000

    /// The sink has all it wanted, and the end of the body did not follow.
    func isLeftOpen(now: LoopInstant) -> Bool {
        completed.map { now - $0 >= Self.patienceAfterCompletion } ?? false
    }

    func timeoutFailure(_ phase: TransferFailure.Phase) -> TransferFailure {
        let timeouts = pool.profile.timeouts
        let message =
            switch phase {
            case .connect: "no connection within \(timeouts.connect)"
            case .firstByte: "no answer within \(timeouts.firstByte)"
            case .idle: "the answer stood still for \(timeouts.idle)"
            case .stall:
                lastProgress == nil
                    ? "the answer was kept open for \(timeouts.firstByte), and nothing of it came"
                    : "the answer was kept open for \(timeouts.stall), and nothing more of it came"
            case .total: "not complete within \(timeouts.total)"
            }
        return failure(.timeout(phase), message)
    }
}

extension TransferFailure {
    init(_ kind: Kind, _ message: String) {
        self.init(kind: kind, message: message, sentBytes: false)
    }

    static func cancelled(sentBytes: Bool) -> TransferFailure {
        TransferFailure(kind: .cancelled, message: "the request was cancelled", sentBytes: sentBytes)
    }
}

extension Array {
    /// The array itself, leaving an empty one behind: no copy.
    fileprivate mutating func taken() -> Self {
        var taken: Self = []
        swap(&self, &taken)
        return taken
    }
}

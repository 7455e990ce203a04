import CCurl

extension TransferFailure.Kind {
    /// What a libcurl result code means. `sentBytes`: the request was on its way already.
    init(_ code: CURLcode, sentBytes: Bool) {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            self = .resolve
        case CURLE_COULDNT_CONNECT, CURLE_PROXY, CURLE_INTERFACE_FAILED:
            self = .connect
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_USE_SSL_FAILED,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_CLIENTCERT:
            self = .tls
        case CURLE_OPERATION_TIMEDOUT:
            self = .timeout(.connect)  // libcurl keeps no other time for us
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE, CURLE_HTTP2_STREAM,
            CURLE_ABORTED_BY_CALLBACK:
            self = .reset  // we abort for one reason: libcurl was about to send the request a second time
        case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_HTTP2, CURLE_WRITE_ERROR:
            self = .protocolError
        case CURLE_UNSUPPORTED_PROTOCOL where sentBytes:
            self = .protocolError  // libcurl's code for an answer that does not begin as HTTP
        default:
            self = .other(Int32(bitPattern: code.rawValue))
        }
    }
}

import CCurl

/// A connection cache and a TLS session cache of their own for a few handles.
///
/// libcurl walks a host's connections to find an idle one, and walks them again when a request ends: with one cache
/// for thousands of connections that walk costs as much as the request. Belongs to the loop's thread, so that no
/// locking functions are needed.
final class ConnectionShare {
    /// Handles to a share: few enough to walk, enough to share TLS sessions and libcurl's bookkeeping.
    static let capacity = 8

    let pointer: UnsafeMutableRawPointer
    var handles = 0

    init?() {
        guard let pointer = curl_share_init() else { return nil }
        self.pointer = pointer
        guard ccurl_share(pointer, CURL_LOCK_DATA_CONNECT) == CURLSHE_OK,
            ccurl_share(pointer, CURL_LOCK_DATA_SSL_SESSION) == CURLSHE_OK
        else { return nil }
    }

    deinit {
        curl_share_cleanup(pointer)
    }
}

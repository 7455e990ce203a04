import CCurl

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Everything that requests to one URL have in common. Immutable; made once, used for any number of sends.
///
/// The loop keeps easy handles configured for a profile, so that a send changes nothing but the body.
package final class TransferProfile: Sendable, CustomStringConvertible {
    package enum Method: Sendable { case get, post }

    package enum HTTPVersion: Sendable {
        case http1
        /// HTTP/2 where TLS agrees on it, many requests to a connection; otherwise HTTP/1.1.
        case http2
    }

    package struct TLS: Equatable, Sendable {
        /// A file of trusted certificates in place of the system's.
        package var caFile: String?
        /// Accepts any certificate.
        package var insecure: Bool

        package init(caFile: String? = nil, insecure: Bool = false) {
            self.caFile = caFile
            self.insecure = insecure
        }
    }

    package let url: String
    package let method: Method
    package let version: HTTPVersion
    package let timeouts: TransferTimeouts
    /// Bytes of body, decoded, past which an answer is given up as too large.
    package let maximumResponseBytes: Int
    /// Bytes of headers in all, interim answers and trailers included.
    package let maximumHeaderBytes: Int
    package let tls: TLS
    /// Makes the sink of a 2xx answer's body, by its header block, on the loop's thread; nil where it wants none.
    package let sink: (@Sendable (UnsafeRawBufferPointer) -> (any BodySink)?)?
    let headers: HeaderList
    let limits: Limits
    /// The environment names no proxy at all: libcurl need not look for one at each request.
    let ignoresProxies: Bool

    /// The timeouts in nanoseconds, as the loop compares them.
    struct Limits: Sendable {
        let connect, firstByte, idle, stall, total: Int64
        /// How often to look: a quarter of the smallest, at most every second.
        let interval: Int64
    }

    /// - Parameter headers: Lines "Name: value". There is no default `Content-Type` and no `User-Agent`.
    /// - Throws: `CurlError` for a URL that is not http(s) or a header line that cannot be sent.
    package init(
        url: String, method: Method = .post, headers: [String] = [], version: HTTPVersion = .http1,
        timeouts: TransferTimeouts, maximumResponseBytes: Int = 64 << 20, maximumHeaderBytes: Int = 64 << 10,
        tls: TLS = TLS(), sink: (@Sendable (UnsafeRawBufferPointer) -> (any BodySink)?)? = nil
    ) throws(CurlError) {
        try CurlLibrary.start()
        try Self.check(url)
        self.url = url
        self.method = method
        self.version = version
        self.timeouts = timeouts
        self.maximumResponseBytes = maximumResponseBytes
        self.maximumHeaderBytes = maximumHeaderBytes
        self.tls = tls
        self.sink = sink
        self.headers = try HeaderList(headers)
        let all = [timeouts.connect, timeouts.firstByte, timeouts.idle, timeouts.stall, timeouts.total]
            .map(\.clampedNanoseconds)
        limits = Limits(
            connect: all[0], firstByte: all[1], idle: all[2], stall: all[3], total: all[4],
            interval: max(1_000_000, min(1_000_000_000, (all.min() ?? .max) / 4)))
        let names = ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        ignoresProxies = names.allSatisfy { name in getenv(name) == nil }
    }

    /// The method and the URL without credentials and query; never a header.
    package var description: String {
        let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var shown = String(parts.first ?? "")
        if let scheme = shown.firstRange(of: "://") {
            let rest = shown[scheme.upperBound...]
            let authority = rest.prefix { $0 != "/" }
            if let at = authority.lastIndex(of: "@") { shown.removeSubrange(scheme.upperBound...at) }
        }
        return "\(method == .post ? "POST" : "GET") \(shown)"
    }

    private static func check(_ url: String) throws(CurlError) {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw .invalidURL("it has a blank or a control character")
        }
        guard let parser = curl_url() else { throw .library("out of memory") }
        defer { curl_url_cleanup(parser) }
        let code = curl_url_set(parser, CURLUPART_URL, url, 0)
        guard code == CURLUE_OK else { throw .invalidURL(String(cString: curl_url_strerror(code))) }
        var scheme: UnsafeMutablePointer<CChar>?
        guard curl_url_get(parser, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK, let scheme else {
            throw .invalidURL("it has no scheme")
        }
        defer { curl_free(scheme) }
        guard ["http", "https"].contains(String(cString: scheme)) else {
            throw .invalidURL("it is neither http nor https")
        }
    }
}

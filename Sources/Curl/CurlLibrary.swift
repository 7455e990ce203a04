import CCurl

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// libcurl's process-wide state.
package enum CurlLibrary {
    /// libcurl's own version, such as "libcurl/7.88.1 OpenSSL/3.0.15 zlib/1.2.13 …".
    package static var version: String {
        curl_version().map { String(cString: $0) } ?? "libcurl"
    }

    /// This build of libcurl has a file of trusted certificates to begin with.
    static let hasCertificateFile: Bool = {
        guard let info = curl_version_info(CURLVERSION_SEVENTH) else { return false }
        return info.pointee.age.rawValue >= CURLVERSION_SEVENTH.rawValue && info.pointee.cainfo != nil
    }()

    /// Starts libcurl once for the life of the process and turns SIGPIPE off: a peer that closes early is an error
    /// code, not the end of the program. Called before any thread of ours exists; `static let` makes it happen once.
    private static let startCode: CURLcode = {
        signal(SIGPIPE, SIG_IGN)
        return curl_global_init(Int(CURL_GLOBAL_DEFAULT))
    }()

    static func start() throws(CurlError) {
        guard startCode == CURLE_OK else {
            throw .library(String(cString: curl_easy_strerror(startCode)))
        }
    }
}

/// A failure to set something up: a bad URL or header line, or a system call that was refused.
///
/// What happens to a request on its way is a `TransferFailure` instead: it is data to record.
package enum CurlError: Error, Equatable, Sendable, CustomStringConvertible {
    /// libcurl would not start, with its reason.
    case library(String)
    /// A system call failed, with its name and `errno`.
    case system(call: String, code: Int32)
    /// The URL cannot be used, with the reason; the URL itself is not repeated, for it may hold credentials.
    case invalidURL(String)
    /// A header line cannot be sent. Holds the header's name, never its value.
    case invalidHeader(name: String, reason: String)

    package var description: String {
        switch self {
        case .library(let reason): "libcurl cannot be used: \(reason)"
        case .system(let call, let code): "\(call) failed: \(SystemCall.message(for: code))"
        case .invalidURL(let reason): "the URL cannot be used: \(reason)"
        case .invalidHeader(let name, let reason): "the header '\(name)' cannot be sent: \(reason)"
        }
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A fault of a whole input: it cannot be read, or is not what Sluice reads. The description is one sentence that
/// names the input and the next step.
package enum InputError: Error, Equatable, Sendable, CustomStringConvertible {
    case missing(file: String)
    case directory(file: String)
    /// A named pipe, a socket or a device: a resumed run could not read it again.
    case notRegular(file: String)
    /// `code` is errno.
    case unreadable(file: String, code: Int32)
    /// Reading failed after it had begun.
    case readFailed(file: String, code: Int32)
    case gzip(file: String, detail: String)
    case wideEncoding(file: String)
    case jsonArray(file: String)
    case spreadObject(file: String)
    case noHeader(file: String)
    /// The header's names do not do; `detail` names them.
    case header(file: String, line: Int, detail: String)
    case delimiter(file: String)

    package var description: String {
        switch self {
        case .missing(let file):
            "\(file) does not exist; check the path, which a job file gives relative to itself"
        case .directory(let file):
            "\(file) is a directory; name a .jsonl or .csv file in it"
        case .notRegular(let file):
            "\(file) is not a regular file; to read from a pipe give - as the input and pipe into Sluice"
        case .unreadable(let file, let code):
            "\(file) cannot be opened (\(Self.words(code))); check its permissions"
        case .readFailed(let file, let code):
            "\(file) cannot be read further (\(Self.words(code))); check the disk and run again"
        case .gzip(let file, let detail):
            "\(file): \(detail)"
        case .wideEncoding(let file):
            "\(file) is UTF-16 or UTF-32; convert it with iconv -f UTF-16 -t UTF-8"
        case .jsonArray(let file):
            "\(file) is a JSON array; Sluice reads one object a line; convert it with jq -c '.[]'"
        case .spreadObject(let file):
            "\(file) spreads an object over several lines; Sluice reads one object a line; convert it with jq -c ."
        case .noHeader(let file):
            "\(file) is empty; a CSV input starts with a row of column names"
        case .header(let file, let line, let detail):
            "\(file):\(line): \(detail); every column needs a name of its own"
        case .delimiter(let file):
            "\(file) cannot be split at a quote, a line break or a byte above 127; choose another delimiter"
        }
    }

    private static func words(_ code: Int32) -> String { String(cString: strerror(code)) }
}

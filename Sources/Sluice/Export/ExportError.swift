#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Why results could not be written. The queue keeps them, so an export can always be made again.
package enum ExportError: Error, Sendable, Equatable, CustomStringConvertible {
    case cannotWrite(path: String, errno: Int32)
    case isFolder(path: String)
    case wouldReplaceInput(path: String)
    case wouldReplace(path: String)
    case sameFile(path: String)
    case interrupted

    package var description: String {
        switch self {
        case .cannotWrite(let path, let code):
            "cannot write \(path == "-" ? "to standard output" : path): \(String(cString: strerror(code))); "
                + "the results are safe in the queue, `sluice export` writes them again"
        case .interrupted:
            "interrupted while the results were being written; they are safe in the queue, "
                + "`sluice export` writes them"
        case .wouldReplaceInput(let path):
            "the results would take the place of the input \(path); name another file with --output"
        case .wouldReplace(let path):
            "the results would take the place of \(path), which the run needs; name another file with --output"
        case .sameFile(let path):
            "results and errors are both to be written to \(path); give each a file of its own"
        case .isFolder(let path):
            "\(path) is a folder; name a file for the results"
        }
    }
}

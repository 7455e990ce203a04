#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

enum StandardOutput {
    /// Writes a line at once, also into a pipe. Nobody reading it is no reason to stop.
    static func writeLine(_ line: String) {
        var bytes = Array("\(line)\n".utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}

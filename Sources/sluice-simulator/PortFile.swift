#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Tells another program the port, by a file that is either absent or whole.
enum PortFile {
    /// Writes the port and a newline to a file beside `path` and renames it.
    static func write(port: Int, to path: String) throws {
        let draft = "\(path).\(getpid())"
        guard let file = fopen(draft, "w") else { throw failure(path) }
        let isWritten = fputs("\(port)\n", file) >= 0
        guard fclose(file) == 0, isWritten, rename(draft, path) == 0 else {
            let error = failure(path)
            unlink(draft)
            throw error
        }
    }

    private static func failure(_ path: String) -> CommandFailure {
        CommandFailure("cannot write the port file \(path): \(String(cString: strerror(errno)))")
    }
}

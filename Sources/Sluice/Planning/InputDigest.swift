import Digest

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The SHA-256 of an input file, without looking at its rows.
enum InputDigest {
    private static let chunkBytes = 1 << 20

    /// Nil where the file has another size, cannot be read or is no regular file: whoever reads its rows says why.
    static func of(path: String, bytes: Int) throws(DigestError) -> SHA256Digest? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, Int(status.st_size) == bytes else {
            return nil
        }
        let hasher = try SHA256Hasher()
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkBytes, alignment: 4096)
        defer { chunk.deallocate() }
        while true {
            let count = read(file, chunk.baseAddress, chunk.count)
            if count == 0 { return try hasher.finish() }
            if count < 0 {
                guard errno == EINTR else { return nil }
                continue
            }
            try hasher.update(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
        }
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads files that are held whole.
enum SmallFile {
    enum Failure: Error {
        /// `code` is errno.
        case cannotBeOpened(code: Int32)
        case cannotBeRead(code: Int32)
        case tooLarge(limit: ByteCount)

        /// Goes on after the file's name. `what`: the kind of file, such as `a job file`.
        func reason(what: String) -> String {
            switch self {
            case .cannotBeOpened(let code): "cannot be opened: \(String(cString: strerror(code)))"
            case .cannotBeRead(let code): "cannot be read: \(String(cString: strerror(code)))"
            case .tooLarge(let limit): "is larger than \(what) may be (\(limit))"
            }
        }
    }

    static func read(_ path: String, atMost limit: ByteCount) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotBeOpened(code: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = buffer.withUnsafeMutableBytes { Self.read(descriptor, into: $0) }
            if count == 0 { return bytes }
            guard count > 0 else { throw .cannotBeRead(code: errno) }
            bytes += buffer[..<count]
            guard bytes.count <= limit.bytes else { throw .tooLarge(limit: limit) }
        }
    }

    /// `read(2)`, again when a signal came first.
    private static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        while true {
            #if canImport(Glibc)
                let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #else
                let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if count >= 0 || errno != EINTR { return count }
        }
    }
}

import Digest
import Gzip

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads a file or standard input in chunks and undoes gzip, which is told by its first bytes and never by its name.
///
/// Owns the file's descriptor; blocks; one thread at a time.
final class InputBytes {
    private static let chunkBytes = 256 << 10
    /// Milliseconds between two calls that say that there is still nothing to read.
    private static let patience: Int32 = 100

    private let file: String
    private let descriptor: Int32
    private let ownsDescriptor: Bool
    /// Is given all that is read, as it lies in the file.
    var hasher: SHA256Hasher?
    /// Bytes read so far.
    private(set) var count = 0

    /// Reads from an open descriptor of any kind, which stays the caller's to close.
    init(descriptor: Int32, file: String) {
        self.file = file
        self.descriptor = descriptor
        ownsDescriptor = false
    }

    convenience init(source: InputSource) throws(InputError) {
        switch source {
        case .standardInput: self.init(descriptor: STDIN_FILENO, file: source.displayName)
        case .file(let path): try self.init(path: path)
        }
    }

    private init(path: String) throws(InputError) {
        // Without O_NONBLOCK opening a named pipe would wait for a writer before it could be refused.
        let opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard opened >= 0 else { throw Self.failure(file: path, code: errno) }
        file = path
        descriptor = opened
        ownsDescriptor = true
        try checkKind()
    }

    deinit {
        if ownsDescriptor { close(descriptor) }
    }

    /// Hands out the bytes in order, piece by piece, each lent for the length of the call.
    ///
    /// - Parameter idle: called when the next bytes will be waited for, for who knows how long, and again and again while
    ///   they are; it throws to wait no more.
    func forEachPiece(_ body: (UnsafeRawBufferPointer) throws -> Void, idle: () throws -> Void = {}) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunkBytes, alignment: 4096)
        defer { buffer.deallocate() }
        // A pipe may deliver a single byte, and two are needed to tell.
        var count = try fill(buffer, atLeast: 2)
        guard GzipInflater.isGzip(UnsafeRawBufferPointer(rebasing: buffer[..<count])) else {
            while count > 0 {
                try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                try wait(idle)
                count = try fill(buffer, atLeast: 1)
            }
            return
        }
        do {
            let inflater = try GzipInflater(pieceBytes: Self.chunkBytes)
            while count > 0 {
                try inflater.inflate(UnsafeRawBufferPointer(rebasing: buffer[..<count]), piece: body)
                try wait(idle)
                count = try fill(buffer, atLeast: 1)
            }
            try inflater.finish()
        } catch let error as GzipError {
            throw InputError.gzip(file: file, detail: error.description)
        }
    }

    /// Waits until something can be read. A regular file never lets anybody wait for long.
    private func wait(_ idle: () throws -> Void) throws {
        guard !ownsDescriptor else { return }
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        var milliseconds: Int32 = 0
        while poll(&request, 1, milliseconds) == 0 {
            try idle()
            milliseconds = Self.patience
        }
    }

    /// Reads until so many bytes are there or the input ends; returns how many.
    private func fill(_ buffer: UnsafeMutableRawBufferPointer, atLeast wanted: Int) throws -> Int {
        let filled = try readFile(buffer, atLeast: wanted)
        count += filled
        try hasher?.update(UnsafeRawBufferPointer(rebasing: buffer[..<filled]))
        return filled
    }

    private func readFile(
        _ buffer: UnsafeMutableRawBufferPointer, atLeast wanted: Int
    ) throws(InputError) -> Int {
        var filled = 0
        while filled < wanted {
            let count = read(descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled)
            if count == 0 { break }
            if count > 0 {
                filled += count
            } else if errno == EAGAIN {
                // Standard input may have been made non-blocking by whoever shares it.
                var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                poll(&request, 1, -1)
            } else if errno != EINTR {
                throw .readFailed(file: file, code: errno)
            }
        }
        return filled
    }

    private func checkKind() throws(InputError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(file: file, code: errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return
        case S_IFDIR: throw .directory(file: file)
        default: throw .notRegular(file: file)
        }
    }

    private static func failure(file: String, code: Int32) -> InputError {
        switch code {
        case ENOENT, ENOTDIR: .missing(file: file)
        case ENXIO: .notRegular(file: file)
        default: .unreadable(file: file, code: code)
        }
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that appears whole or not at all: written without a name where the system can, else under another one, which is
/// then changed for its own. A program that is killed over it leaves nothing behind where it had no name, but in the moment
/// between two system calls that replacing a file takes.
///
/// Standard output (`-`) and things that are no regular file, such as a pipe, are written to directly. What is not
/// committed is taken away again.
final class OutputFile {
    private let path: String
    private let temporaryPath: String?
    private var file: Int32
    /// The file has no name yet, and is gone when it is closed without one.
    private let isUnnamed: Bool
    private var buffer = TextBuffer(capacity: bufferSize + 65536)
    private static let bufferSize = 256 << 10

    init(_ path: String) throws(ExportError) {
        var status = stat()
        let exists = path != "-" && stat(path, &status) == 0
        // The file that a link leads to is replaced, not the link.
        let path = exists ? Self.resolved(path) : path
        if path == "-" {
            temporaryPath = nil
            isUnnamed = false
            file = STDOUT_FILENO
        } else if exists, status.st_mode & S_IFMT != S_IFREG {
            guard status.st_mode & S_IFMT != S_IFDIR else { throw .isFolder(path: path) }
            temporaryPath = nil
            isUnnamed = false
            file = open(path, O_WRONLY | O_CLOEXEC)
        } else {
            Self.createFolders(of: path)
            let temporary = "\(path).partial-\(getpid())"
            temporaryPath = temporary
            let unnamed = Self.openUnnamed(besides: path)
            isUnnamed = unnamed >= 0
            file = isUnnamed ? unnamed : open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            // A file that its owner has closed to others stays so.
            if exists, file >= 0 { fchmod(file, status.st_mode & 0o777) }
        }
        self.path = path
        guard file >= 0 else { throw .cannotWrite(path: path, errno: errno) }
    }

    /// - Returns: a descriptor, or less than zero where this file system or this system knows no such files.
    private static func openUnnamed(besides path: String) -> Int32 {
        #if canImport(Glibc)
            // The name is given by way of /proc (open(2), "O_TMPFILE").
            guard access("/proc/self/fd", X_OK) == 0 else { return -1 }
            let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
            return open(folder, temporaryFlag | O_WRONLY | O_CLOEXEC, 0o644)
        #else
            return -1
        #endif
    }

    #if canImport(Glibc)
        /// O_TMPFILE, which glibc keeps from those who do not ask for GNU's own.
        private static let temporaryFlag: Int32 = 0o20_000_000 | O_DIRECTORY
    #endif

    /// Puts the file in its place; on failure `errno` says why.
    private func takePlace(_ temporary: String) -> Bool {
        if isUnnamed {
            if giveName(path) { return true }
            // Linux gives no name that is taken: so another one first, which a process of this number may have left there.
            guard errno == EEXIST else { return false }
            if !giveName(temporary) {
                guard errno == EEXIST, unlink(temporary) == 0, giveName(temporary) else { return false }
            }
        }
        return rename(temporary, path) == 0
    }

    private func giveName(_ name: String) -> Bool {
        linkat(AT_FDCWD, "/proc/self/fd/\(file)", AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0
    }

    private static func resolved(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    deinit {
        guard file >= 0, file != STDOUT_FILENO else { return }
        close(file)
        if let temporaryPath, !isUnnamed { unlink(temporaryPath) }
    }

    /// Writes what `append` puts behind what waits in the buffer.
    func write(_ append: (inout TextBuffer) -> Void) throws(ExportError) {
        append(&buffer)
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Makes the file durable and gives it its name.
    func commit() throws(ExportError) {
        try flush()
        guard file != STDOUT_FILENO else { return }
        // A pipe or a device cannot be synced, and needs no name.
        if temporaryPath != nil, fsync(file) != 0 { throw .cannotWrite(path: path, errno: errno) }
        if let temporaryPath, !takePlace(temporaryPath) { throw fail() }
        let closed = close(file)
        file = -1
        // What was synced is there; of a pipe this is the only word on its end.
        if closed != 0 { throw .cannotWrite(path: path, errno: errno) }
    }

    private func fail() -> ExportError {
        let code = errno
        if let temporaryPath { unlink(temporaryPath) }
        return .cannotWrite(path: path, errno: code)
    }

    private func flush() throws(ExportError) {
        let failure = buffer.withBytes { bytes -> Int32? in
            var sent = 0
            while sent < bytes.count {
                let count = Self.put(file, bytes.baseAddress! + sent, bytes.count - sent)
                if count < 0 {
                    if errno == EINTR { continue }
                    return errno
                }
                sent += count
            }
            return nil
        }
        buffer.removeAll()
        if let failure { throw .cannotWrite(path: path, errno: failure) }
    }

    private static func put(_ file: Int32, _ start: UnsafeRawPointer, _ count: Int) -> Int {
        #if canImport(Glibc)
            Glibc.write(file, start, count)
        #else
            Darwin.write(file, start, count)
        #endif
    }

    private static func createFolders(of path: String) {
        var index = path.startIndex
        while let slash = path[index...].firstIndex(of: "/") {
            if slash != path.startIndex { mkdir(String(path[..<slash]), 0o777) }
            index = path.index(after: slash)
        }
    }
}

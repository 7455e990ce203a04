#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An open regular file, read once from its start to its end. Belongs to one thread at a time; reading blocks.
struct RegularFile: ~Copyable {
    enum Fault: Error, Equatable {
        case missing
        case directory
        /// A pipe, a socket or a device.
        case notRegular
        /// A symbolic link, where there was to be none.
        case link
        /// Anything else; with errno.
        case unreadable(Int32)
    }

    /// Tells a file and its state from any other, as far as the file system can.
    struct Identity: Hashable {
        let device: UInt64
        let inode: UInt64
        let size: Int
        fileprivate let modified: Moment
        fileprivate let changed: Moment
    }

    fileprivate struct Moment: Hashable {
        let seconds: Int
        let nanoseconds: Int
    }

    private let descriptor: Int32
    /// As it was when the file was opened.
    let identity: Identity

    /// Opens a path whose last component is no symbolic link.
    init(path: String) throws(Fault) {
        // Without O_NONBLOCK opening a named pipe would wait for a writer before it could be refused.
        let opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY)
        guard opened >= 0 else { throw Self.fault(errno) }
        do {
            identity = try Self.identity(opened)
        } catch {
            close(opened)
            throw error
        }
        descriptor = opened
    }

    deinit { close(descriptor) }

    /// Whether the file is still as it was when it was opened.
    func isUnchanged() throws(Fault) -> Bool { try Self.identity(descriptor) == identity }

    /// Reads until the buffer is full or the file ends; returns how many bytes.
    func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(Fault) -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = read(descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled)
            if count == 0 { break }
            if count > 0 {
                filled += count
            } else if errno != EINTR {
                throw .unreadable(errno)
            }
        }
        return filled
    }

    private static func identity(_ descriptor: Int32) throws(Fault) -> Identity {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw .directory
        default: throw .notRegular
        }
        #if canImport(Glibc)
            let (modified, changed) = (status.st_mtim, status.st_ctim)
        #else
            let (modified, changed) = (status.st_mtimespec, status.st_ctimespec)
        #endif
        return Identity(
            device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(truncatingIfNeeded: status.st_ino),
            size: Int(status.st_size), modified: Moment(modified), changed: Moment(changed))
    }

    private static func fault(_ code: Int32) -> Fault {
        switch code {
        case ENOENT, ENOTDIR: .missing
        case ELOOP: .link
        case ENXIO: .notRegular
        default: .unreadable(code)
        }
    }
}

extension RegularFile.Moment {
    init(_ time: timespec) {
        self.init(seconds: Int(time.tv_sec), nanoseconds: Int(time.tv_nsec))
    }
}

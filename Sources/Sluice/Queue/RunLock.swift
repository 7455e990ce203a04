#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The right to plan and send one run, held by one process at a time.
///
/// A lock file beside the queue, locked by the kernel: it is free again the moment its holder is gone, however that
/// came. The file names the holder for whoever is refused.
package struct RunLock: ~Copyable {
    private let file: Int32

    package init(queue path: String, run: Int64) throws(QueueError) {
        let lockPath = Self.path(queue: path, run: run)
        let opened = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw .cannotCreate(path: lockPath, errno: errno) }
        let code = Self.acquire(opened)
        guard code == 0 else {
            let holder = Self.read(opened)
            close(opened)
            throw code == EWOULDBLOCK ? .runIsBusy(run: run, holder: holder) : .cannotLock(path: lockPath, errno: code)
        }
        file = opened
        let text = Array("process \(getpid())".utf8)
        ftruncate(file, 0)
        _ = text.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
    }

    /// Beside the file that the path leads to, so that a queue of two names has one lock.
    private static func path(queue path: String, run: Int64) -> String {
        guard let resolved = realpath(path, nil) else { return "\(path).run-\(run).lock" }
        defer { free(resolved) }
        return "\(String(cString: resolved)).run-\(run).lock"
    }

    deinit {
        ftruncate(file, 0)
        close(file)
    }

    /// Tries for a tenth of a second: `isHeld` takes the lock for a moment.
    ///
    /// - Returns: 0, or why not.
    private static func acquire(_ file: Int32) -> Int32 {
        var code: Int32 = 0
        for attempt in 0..<5 {
            if attempt > 0 { usleep(20_000) }
            if flock(file, LOCK_EX | LOCK_NB) == 0 { return 0 }
            code = errno
            if code != EWOULDBLOCK, code != EINTR { break }
        }
        return code
    }

    private static func read(_ file: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
        return String(decoding: bytes.prefix(max(count, 0)).filter { (0x20..<0x7F).contains($0) }, as: UTF8.self)
    }
}

extension RunLock {
    /// Whether some process holds the lock now.
    static func isHeld(queue path: String, run: Int64) -> Bool {
        let file = open(Self.path(queue: path, run: run), O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        return flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }
}

import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file system in memory of a few mebibytes, which takes the right to mount one.
final class SmallDisk: Sendable {
    static let ballast = "ballast"

    private let path: String

    /// Nil where nothing can be mounted.
    init?(_ path: String, mebibytes: Int) async throws {
        self.path = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        guard await Self.run("mount", "-t", "tmpfs", "-o", "size=\(mebibytes)m", "tmpfs", path) else { return nil }
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }

    /// Leaves not a byte of room.
    func fill() {
        let file = open("\(path)/\(Self.ballast)", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard file >= 0 else { return }
        defer { close(file) }
        for size in [1 << 20, 4096, 1] {
            let zeros = [UInt8](repeating: 0, count: size)
            while write(file, zeros, size) > 0 {}
        }
    }

    func empty() { unlink("\(path)/\(Self.ballast)") }

    var names: Set<String> { Set((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []) }

    /// - Parameter mode: `ro` or `rw`.
    func remount(_ mode: String) async -> Bool { await Self.run("mount", "-o", "remount,\(mode)", path) }

    func unmount() async { umount2(path, Int32(MNT_DETACH)) }

    private static func run(_ words: String...) async -> Bool {
        await withCheckedContinuation { continuation in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = words
            process.standardError = FileHandle.nullDevice
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus == 0) }
            do { try process.run() } catch { continuation.resume(returning: false) }
        }
    }
}

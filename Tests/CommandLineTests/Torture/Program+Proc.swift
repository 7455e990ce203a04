import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What Linux tells of a running program; nil once it is gone, and on other systems.
extension Program {
    /// Bytes that it has asked for by read(2), libraries included.
    var readBytes: Int? { number("rchar:", in: "io") }

    /// Bytes that it has handed to write(2).
    var writtenBytes: Int? { number("wchar:", in: "io") }

    /// The most memory it has had in use, in KiB.
    var peakMemory: Int? { number("VmHWM:", in: "status") }

    /// It is there no more, or waits to be reaped.
    var hasEnded: Bool {
        guard let state = text("stat")?.split(separator: ")").last?.split(separator: " ").first else { return true }
        return state == "Z" || state == "X"
    }

    private func number(_ name: String, in file: String) -> Int? {
        guard !hasEnded else { return nil }
        return text(file)?.split(separator: "\n").first { $0.hasPrefix(name) }.flatMap {
            Int($0.dropFirst(name.count).split(whereSeparator: { $0 == " " || $0 == "\t" })[0])
        }
    }

    private func text(_ file: String) -> String? {
        let descriptor = open("/proc/\(processID)/\(file)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = read(descriptor, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }
}

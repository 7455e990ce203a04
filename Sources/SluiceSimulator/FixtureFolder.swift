#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads canned answers: the files of a folder and its folders that end in `.json`.
///
/// Only what the folder itself lists is opened, and no links are followed: what a file or a request says never becomes
/// a path.
package enum FixtureFolder {
    static let maximumFileBytes = 64 << 20
    private static let maximumDepth = 8

    /// The answers by name.
    package static func load(_ path: String) throws(FixtureError) -> [String: ScriptedReply] {
        var fixtures: [String: ScriptedReply] = [:]
        try collect(path, depth: 0, into: &fixtures)
        return fixtures
    }

    private static func collect(
        _ path: String, depth: Int, into fixtures: inout [String: ScriptedReply]
    ) throws(FixtureError) {
        for entry in try entries(of: path) {
            let file = "\(path)/\(entry)"
            var status = stat()
            guard lstat(file, &status) == 0 else { throw FixtureError(file, reason: systemMessage()) }
            if status.st_mode & S_IFMT == S_IFDIR, depth < maximumDepth {
                try collect(file, depth: depth + 1, into: &fixtures)
            } else if status.st_mode & S_IFMT == S_IFREG, entry.hasSuffix(".json") {
                let (name, reply) = try FixtureFile.read(contents(of: file), path: file, name: entry)
                guard fixtures.updateValue(reply, forKey: name) == nil else {
                    throw FixtureError(file, reason: "another fixture has the same name")
                }
            }
        }
    }

    /// The names in a folder, in order.
    private static func entries(of path: String) throws(FixtureError) -> [String] {
        guard let folder = opendir(path) else { throw FixtureError(path, reason: systemMessage()) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    private static func contents(of path: String) throws(FixtureError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw FixtureError(path, reason: systemMessage()) }
        defer { close(descriptor) }
        var contents: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = piece.withUnsafeMutableBytes { readBytes(descriptor, $0) }
            guard count >= 0 else { throw FixtureError(path, reason: systemMessage()) }
            if count == 0 { return contents }
            contents += piece[..<count]
            guard contents.count <= maximumFileBytes else { throw FixtureError(path, reason: "larger than 64 MiB") }
        }
    }

    private static func readBytes(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0 && errno == EINTR { continue }
            return count
        }
    }

    private static func systemMessage() -> String { String(cString: strerror(errno)) }
}

/// Why a canned answer cannot be had; a sentence.
package struct FixtureError: Error, CustomStringConvertible {
    package var path: String
    package var reason: String

    init(_ path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    package var description: String { "\(path): \(reason)" }
}

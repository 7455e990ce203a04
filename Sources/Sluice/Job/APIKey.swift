#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An endpoint's key, read at the moment a run begins to send. Its description never shows it.
package struct APIKey: Sendable, CustomStringConvertible {
    package let text: String

    package var description: String { "(a key)" }

    package enum Failure: Error, Equatable, CustomStringConvertible {
        case variableNotSet(String)
        case unreadableFile(String, reason: String)
        case unusable(origin: String)

        package var description: String {
            switch self {
            case .variableNotSet(let name):
                "the environment variable \(name) holds no key; set it, as in `export \(name)=…`, and run again"
            case .unreadableFile(let path, let reason):
                "the key file \(path) cannot be read: \(reason)"
            case .unusable(let origin):
                "the key in \(origin) is empty, or has a space, a control character or a letter outside ASCII; "
                    + "it must be one line of visible characters"
            }
        }
    }

    /// - Parameter environment: looks up a variable.
    package init(_ source: KeySource, environment: (String) -> String?) throws(Failure) {
        let origin: String
        var found: Substring
        switch source {
        case .environment(let name):
            guard let value = environment(name), !value.isEmpty else { throw .variableNotSet(name) }
            origin = name
            found = value[...]
        case .file(let path):
            origin = path
            found = try Self.read(path)[...]
        }
        while let last = found.utf8.last, last == 0x0A || last == 0x0D || last == 0x20 { found.removeLast() }
        guard !found.isEmpty, found.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .unusable(origin: origin)
        }
        text = String(found)
    }

    private static func read(_ path: String) throws(Failure) -> String {
        guard let file = fopen(path, "re") else {
            throw .unreadableFile(path, reason: String(cString: strerror(errno)))
        }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = bytes.withUnsafeMutableBytes { fread($0.baseAddress, 1, $0.count, file) }
        guard ferror(file) == 0 else { throw .unreadableFile(path, reason: "it cannot be read") }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
import Yams

/// Reads a job from a YAML file.
package enum JobFile {
    package static let maximumSize: ByteCount = .mebibytes(16)

    /// Reads and checks a job file. Relative paths in it are taken from its own folder.
    package static func load(path: String) throws(JobFileError) -> Job {
        let bytes = try read(path)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw JobFileError(path: path, reason: "is not UTF-8 text")
        }
        return try parse(text: text, path: path)
    }

    /// Checks a job file's text. All that is wrong with it is reported at once, except that broken YAML is reported
    /// alone.
    ///
    /// - Parameter path: names the file in errors, gives the job its default name and relative paths their folder.
    package static func parse(text: String, path: String) throws(JobFileError) -> Job {
        guard text.utf8.count <= maximumSize.bytes else {
            throw JobFileError(path: path, reason: "is larger than a job file may be (\(maximumSize))")
        }
        let reader = YAMLReader(path: path)
        let root = try reader.compose(text.first == "\u{FEFF}" ? String(text.dropFirst()) : text)
        let job = JobReader(reader: reader, path: path).job(from: root)
        guard reader.problems.isEmpty, let job else { throw reader.error }
        return job
    }

    /// A file's bytes, as many as a job file may have.
    static func read(_ path: String) throws(JobFileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw systemError(path, "cannot be opened") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = buffer.withUnsafeMutableBytes { Self.read(descriptor, into: $0) }
            if count == 0 { return bytes }
            guard count > 0 else { throw systemError(path, "cannot be read") }
            bytes += buffer[..<count]
            guard bytes.count <= maximumSize.bytes else {
                throw JobFileError(path: path, reason: "is larger than a job file may be (\(maximumSize))")
            }
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

    private static func systemError(_ path: String, _ what: String) -> JobFileError {
        JobFileError(path: path, reason: "\(what): \(String(cString: strerror(errno)))")
    }
}

extension JobFileError {
    /// A fault of the file as a whole.
    init(path: String, reason: String) {
        self.init(problems: [Problem(path: path, line: nil, column: nil, reason: reason)])
    }
}

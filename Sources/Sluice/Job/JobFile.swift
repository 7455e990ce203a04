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
        do {
            return try SmallFile.read(path, atMost: maximumSize)
        } catch {
            throw JobFileError(path: path, reason: error.reason(what: "a job file"))
        }
    }
}

extension JobFileError {
    /// A fault of the file as a whole.
    init(path: String, reason: String) {
        self.init(problems: [Problem(path: path, line: nil, column: nil, reason: reason)])
    }
}

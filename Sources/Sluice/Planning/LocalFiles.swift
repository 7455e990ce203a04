import Digest

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Finds the files that rows name, within one folder, and reads each of them once to tell its kind and its digest.
///
/// Belongs to one planning thread; holds a piece of one file at a time, and what is known of the newest files read.
final class LocalFiles {
    struct Facts {
        let bytes: Int
        let content: FileContent
        let sha256: SHA256Digest
    }

    /// What is wrong with a file, as the end of a sentence that begins with the part's key. It holds no content.
    struct Fault: Error, Equatable {
        let reason: String
    }

    static let maximumKnown = 100_000
    private static let pieceBytes = 256 << 10

    /// Absolute, without symbolic links.
    private let folder: String
    private let maximum: ByteCount
    private let hasher: SHA256Hasher
    private var piece: [UInt8] = []
    private var known: [RegularFile.Identity: Facts] = [:]
    /// Files read so far, repeats not counted.
    private(set) var filesRead = 0

    init(folder: String, maximum: ByteCount) throws {
        do {
            self.folder = try Self.canonical(folder)
        } catch {
            throw AttachmentFolderError(folder: folder, code: error.code)
        }
        self.maximum = maximum
        hasher = try SHA256Hasher()
    }

    /// The file at a path: relative paths are taken from the folder, and wherever the path leads, there it must end.
    ///
    /// - Parameter path: as written, UTF-8.
    /// - Returns: where the file is, free of symbolic links, and what it holds.
    func find(_ path: [UInt8]) throws(Fault) -> (path: String, facts: Facts) {
        guard !path.isEmpty else { throw Fault(reason: "the path is empty") }
        let shown = "'\(PathText.printable(String(decoding: path, as: UTF8.self)))'"
        guard !path.contains(0) else { throw Fault(reason: "\(shown) has a NUL character, which no path has") }
        let written = String(decoding: path, as: UTF8.self)
        let place: String
        do {
            place = try Self.canonical(path[0] == UInt8(ascii: "/") ? written : "\(folder)/\(written)")
        } catch {
            throw fault(error.code, shown)
        }
        guard place != folder else { throw Fault(reason: "\(shown) is a directory; name a file in it") }
        guard isInside(place) else {
            throw Fault(
                reason: "\(shown) is outside \(PathText.printable(folder)); "
                    + "name a folder that holds it with attachments.folder")
        }
        do {
            return (place, try facts(of: RegularFile(path: place), shown))
        } catch let fault as RegularFile.Fault {
            throw self.fault(fault, shown)
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(reason: "\(shown): \(error)")
        }
    }

    private func isInside(_ place: String) -> Bool {
        let holder = folder == "/" ? "/" : folder + "/"
        return place.utf8.starts(with: holder.utf8)
    }

    private func facts(of file: borrowing RegularFile, _ shown: String) throws -> Facts {
        if let facts = known[file.identity] { return facts }
        guard file.identity.size > 0 else { throw Fault(reason: "\(shown) is empty") }
        guard file.identity.size <= maximum.bytes else {
            throw Fault(
                reason: "\(shown) has \(file.identity.size) bytes, more than attachments.maximum (\(maximum)) allows")
        }
        let facts = try read(file)
        guard facts.bytes == file.identity.size, try file.isUnchanged() else {
            throw Fault(reason: "\(shown) changed while it was read; run the command again when it is whole")
        }
        if known.count >= Self.maximumKnown { known.removeAll(keepingCapacity: true) }
        known[file.identity] = facts
        filesRead += 1
        return facts
    }

    private func read(_ file: borrowing RegularFile) throws -> Facts {
        if piece.isEmpty { piece = [UInt8](repeating: 0, count: Self.pieceBytes) }
        try hasher.reset()
        var bytes = 0
        var content: FileContent?
        var text = TextCheck()
        // A file that grows while it is read is given up at its end of before.
        while bytes <= file.identity.size {
            let count = try piece.withUnsafeMutableBytes { try file.fill($0) }
            if count == 0 { break }
            try piece.withUnsafeBytes { whole in
                let part = UnsafeRawBufferPointer(rebasing: whole[..<count])
                if bytes == 0 { content = FileContent(head: part) }
                if content == nil { text.add(part) }
                try hasher.update(part)
            }
            bytes += count
        }
        text.finish()
        return Facts(
            bytes: bytes, content: content ?? (text.isText ? .text : .other), sha256: try hasher.finish())
    }

    private func fault(_ fault: RegularFile.Fault, _ shown: String) -> Fault {
        switch fault {
        case .missing: self.fault(ENOENT, shown)
        case .directory: Fault(reason: "\(shown) is a directory; name a file in it")
        case .notRegular: Fault(reason: "\(shown) is not a regular file")
        case .link: self.fault(ELOOP, shown)
        case .unreadable(let code): self.fault(code, shown)
        }
    }

    private func fault(_ code: Int32, _ shown: String) -> Fault {
        guard code == ENOENT || code == ENOTDIR else {
            return Fault(reason: "\(shown) cannot be read (\(String(cString: strerror(code))))")
        }
        return Fault(reason: "\(shown) does not exist; paths are relative to \(PathText.printable(folder))")
    }

    private struct Unresolved: Error {
        /// errno
        let code: Int32
    }

    /// `realpath(3)`, where it is UTF-8.
    private static func canonical(_ path: String) throws(Unresolved) -> String {
        guard let resolved = realpath(path, nil) else { throw Unresolved(code: errno) }
        defer { free(resolved) }
        guard let text = String(validatingCString: resolved) else { throw Unresolved(code: EILSEQ) }
        return text
    }
}

/// The folder that holds a job's files cannot be used.
package struct AttachmentFolderError: Error, Equatable, Sendable, CustomStringConvertible {
    package let folder: String
    /// errno
    package let code: Int32

    package var description: String {
        "the folder of the job's files, \(PathText.printable(folder)), cannot be used "
            + "(\(String(cString: strerror(code)))); name another with attachments.folder"
    }
}

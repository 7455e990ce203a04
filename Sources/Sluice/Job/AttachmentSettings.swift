/// Where the local files that requests name may lie, and how large one may be.
package struct AttachmentSettings: Sendable, Equatable {
    /// Relative paths start here, and no file elsewhere is read. Nil: the input's folder, or the working folder where
    /// the input is standard input.
    package var folder: String?
    package var maximum: ByteCount = .mebibytes(20)

    package init() {}
}

extension Job {
    /// The folder of the job's local files, as seen from the working folder.
    var attachmentFolder: String {
        if let folder = attachments.folder { return folder }
        guard case .file(let path) = input else { return "." }
        return Self.folder(of: path)
    }

    /// The folder that a file lies in.
    static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
    }
}

import Digest

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads the files that requests take in, at the moment when these leave, and encodes them.
///
/// What it hands out is exactly what was fingerprinted: every byte of it went through the digest, and where that is
/// another than the planned one nothing is handed out. Runs on an executor of its own, as reading blocks; one file at a
/// time, of which a piece is held beside the text that is made of it.
package actor AttachmentLoader {
    /// A multiple of three, so that the text of the pieces is the text of the whole.
    private static let pieceBytes = 192 << 10

    private let executor = QueueExecutor()
    private let hasher: SHA256Hasher
    private var piece = [UInt8](repeating: 0, count: pieceBytes)

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    package init() throws(DigestError) {
        hasher = try SHA256Hasher()
    }

    /// What is put into the body: for each file `data:image/png;base64,…`, or base64 alone.
    package func splices(for attachments: [Attachment]) throws(AttachmentFault) -> [BodySplice] {
        var splices: [BodySplice] = []
        for attachment in attachments {
            splices.append(
                BodySplice(range: attachment.position..<attachment.position, replacement: try text(of: attachment)))
        }
        return splices
    }

    private func text(of attachment: Attachment) throws(AttachmentFault) -> [UInt8] {
        do {
            let file = try RegularFile(path: attachment.path)
            guard file.identity.size == attachment.bytes else {
                throw AttachmentFault(.changed, path: attachment.path)
            }
            return try encode(file, attachment)
        } catch let fault as AttachmentFault {
            throw fault
        } catch let fault as RegularFile.Fault {
            throw Self.fault(fault, attachment.path)
        } catch {
            throw AttachmentFault(.unreadable, path: attachment.path, detail: "\(error)")
        }
    }

    private func encode(_ file: borrowing RegularFile, _ attachment: Attachment) throws -> [UInt8] {
        try hasher.reset()
        let text = try [UInt8](unsafeUninitializedCapacity: attachment.insertedBytes) { target, written in
            written = target.update(fromContentsOf: Array(attachment.prefix.utf8))
            var rest = attachment.bytes
            while rest > 0 {
                let count = min(rest, Self.pieceBytes)
                try piece.withUnsafeMutableBytes { piece in
                    let part = UnsafeMutableRawBufferPointer(rebasing: piece[..<count])
                    guard try file.fill(part) == count else {
                        throw AttachmentFault(.changed, path: attachment.path)
                    }
                    try hasher.update(UnsafeRawBufferPointer(part))
                    written += Base64.encode(
                        UnsafeRawBufferPointer(part),
                        to: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: target[written...])))
                }
                rest -= count
            }
        }
        guard try hasher.finish().bytes == attachment.sha256 else {
            throw AttachmentFault(.changed, path: attachment.path)
        }
        return text
    }

    private static func fault(_ fault: RegularFile.Fault, _ path: String) -> AttachmentFault {
        switch fault {
        case .missing: AttachmentFault(.missing, path: path)
        case .directory, .notRegular, .link: AttachmentFault(.changed, path: path)
        case .unreadable(let code):
            AttachmentFault(.unreadable, path: path, detail: String(cString: strerror(code)))
        }
    }
}

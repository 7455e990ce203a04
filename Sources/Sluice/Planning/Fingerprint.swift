import Digest

/// Identifies everything that is sent: the first 16 bytes of a SHA-256 over method, url and body, each preceded by
/// its length in eight bytes, big end first; where files go into the body, then for each file its position in eight
/// bytes, its form and its media type, each preceded by its length, and the SHA-256 of its content.
///
/// A file's path is not covered: the same content under another name is the same request.
/// It is stored, so what it covers can only change together with the queue's format.
package struct Fingerprint: Sendable, Hashable {
    private let high: UInt64
    private let low: UInt64

    package static let byteCount = 16

    /// Nil unless there are 16 bytes.
    init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.byteCount else { return nil }
        high = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
        low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    /// Nil unless there are 16 bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Takes the fingerprint of a request with a hasher that is used for many.
    package init(
        method: String, url: String, body: [UInt8], attachments: [Attachment] = [], hasher: SHA256Hasher
    ) throws(DigestError) {
        try hasher.update(bigEndian: UInt64(method.utf8.count))
        try hasher.update(method)
        try hasher.update(bigEndian: UInt64(url.utf8.count))
        try hasher.update(url)
        try hasher.update(bigEndian: UInt64(body.count))
        try hasher.update(body)
        for attachment in attachments {
            try hasher.update(bigEndian: UInt64(attachment.position))
            for text in [attachment.form.rawValue, attachment.mediaType] {
                try hasher.update(bigEndian: UInt64(text.utf8.count))
                try hasher.update(text)
            }
            try hasher.update(attachment.sha256)
        }
        let digest = try hasher.finish()
        (high, low) = digest.withBytes { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }

    package var bytes: [UInt8] { withBytes { [UInt8]($0) } }

    /// Lends the 16 bytes for the length of the closure.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withUnsafeBytes(of: (high.bigEndian, low.bigEndian), body)
    }
}

extension Fingerprint: CustomStringConvertible {
    /// 32 lower-case hexadecimal digits.
    package var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

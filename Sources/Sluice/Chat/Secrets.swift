#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Keeps keys out of what is stored and shown: an endpoint may repeat the key that it was sent.
enum Secrets {
    private static let mark = Array("[key]".utf8)

    /// `bytes` with every occurrence of a secret replaced.
    static func redacted(_ bytes: [UInt8], _ secrets: [[UInt8]]) -> [UInt8] {
        var bytes = bytes
        for secret in secrets {
            var from = 0
            while let found = place(of: secret, in: bytes, from: from) {
                bytes.replaceSubrange(found..<found + secret.count, with: mark)
                from = found + mark.count
            }
        }
        return bytes
    }

    private static func place(of secret: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard let first = secret.first else { return nil }
        return bytes.withUnsafeBytes { text in
            secret.withUnsafeBytes { secret in
                guard let base = text.baseAddress, let sought = secret.baseAddress else { return nil }
                var position = start
                while position + secret.count <= text.count {
                    let length = text.count - secret.count + 1 - position
                    guard let found = memchr(base + position, Int32(first), length) else { return nil }
                    if memcmp(found, sought, secret.count) == 0 { return UnsafeRawPointer(found) - base }
                    position = UnsafeRawPointer(found) - base + 1
                }
                return nil
            }
        }
    }
}

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
            while let found = bytes.withUnsafeBytes({ place(of: secret, in: $0, from: from) }) {
                bytes.replaceSubrange(found..<found + secret.count, with: mark)
                from = found + mark.count
            }
        }
        return bytes
    }

    /// Whether any of the secrets stands in `bytes`.
    static func stand(in bytes: UnsafeRawBufferPointer, _ secrets: [[UInt8]]) -> Bool {
        secrets.contains { place(of: $0, in: bytes, from: 0) != nil }
    }

    private static func place(of secret: [UInt8], in text: UnsafeRawBufferPointer, from start: Int) -> Int? {
        secret.withUnsafeBytes { secret in
            guard let base = text.baseAddress, let sought = secret.baseAddress, !secret.isEmpty else { return nil }
            // Looked for by the first of its bytes that text is not made of: keys nearly always have a digit, a capital or
            // a hyphen, and most small letters would be found in every second word.
            let rare = secret.firstIndex { !isCommon($0) } ?? 0
            var position = start
            while position + secret.count <= text.count {
                let length = text.count - secret.count + 1 - position
                guard let found = memchr(base + position + rare, Int32(secret[rare]), length) else { return nil }
                let beginning = UnsafeRawPointer(found) - rare
                if memcmp(beginning, sought, secret.count) == 0 { return beginning - base }
                position = beginning - base + 1
            }
            return nil
        }
    }

    private static func isCommon(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
}

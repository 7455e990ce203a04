/// Base64 with padding (RFC 4648, section 4).
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// For each twelve bits the two characters that they become, as they lie in memory.
    private static let pairs: [UInt16] = (0..<4096).map { bits in
        UInt16(littleEndian: UInt16(alphabet[bits >> 6]) | UInt16(alphabet[bits & 63]) << 8)
    }

    /// Overflows for no file that fits a disk.
    package static func encodedCount(of bytes: Int) -> Int { (bytes + 2) / 3 * 4 }

    /// Writes the text of `source` to `target`, which has room for `encodedCount(of:)` bytes. Pieces of a whole may
    /// be written one after the other as long as all but the last have a multiple of three bytes.
    ///
    /// - Returns: how many bytes were written.
    @discardableResult
    static func encode(_ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer) -> Int {
        let count = encodedCount(of: source.count)
        precondition(target.count >= count, "no room for the text")
        guard let from = source.baseAddress, let to = target.baseAddress else { return 0 }
        let whole = source.count - source.count % 3
        pairs.withUnsafeBufferPointer { pairs in
            guard let pairs = pairs.baseAddress else { return }
            var read = 0
            var written = 0
            while read < whole {
                let first = UInt32(from.load(fromByteOffset: read, as: UInt8.self))
                let second = UInt32(from.load(fromByteOffset: read &+ 1, as: UInt8.self))
                let third = UInt32(from.load(fromByteOffset: read &+ 2, as: UInt8.self))
                let bits = first << 16 | second << 8 | third
                let text = UInt32(pairs[Int(bits >> 12)]) | UInt32(pairs[Int(bits & 0xFFF)]) << 16
                #if _endian(little)
                    to.storeBytes(of: text, toByteOffset: written, as: UInt32.self)
                #else
                    to.storeBytes(of: text << 16 | text >> 16, toByteOffset: written, as: UInt32.self)
                #endif
                read &+= 3
                written &+= 4
            }
        }
        let rest = source.count - whole
        guard rest > 0 else { return count }
        let bits = Int(source[whole]) << 16 | (rest == 2 ? Int(source[whole + 1]) << 8 : 0)
        target[count - 4] = alphabet[bits >> 18]
        target[count - 3] = alphabet[bits >> 12 & 63]
        target[count - 2] = rest == 2 ? alphabet[bits >> 6 & 63] : UInt8(ascii: "=")
        target[count - 1] = UInt8(ascii: "=")
        return count
    }

    /// The text of a few bytes.
    package static func encoded(_ bytes: [UInt8]) -> [UInt8] {
        let count = encodedCount(of: bytes.count)
        return [UInt8](unsafeUninitializedCapacity: count) { target, written in
            written = bytes.withUnsafeBytes { encode($0, to: UnsafeMutableRawBufferPointer(target)) }
        }
    }
}

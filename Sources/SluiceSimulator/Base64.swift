/// Base64 of RFC 4648 with padding.
enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func append(_ source: [UInt8], to target: inout [UInt8]) {
        for start in stride(from: 0, to: source.count, by: 3) {
            let group = source[start..<min(start + 3, source.count)]
            var bits: UInt32 = 0
            for byte in group { bits = bits << 8 | UInt32(byte) }
            bits <<= UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                let digit = Self.digits[Int(bits >> UInt32(18 - 6 * place) & 0x3F)]
                target.append(place <= group.count ? digit : UInt8(ascii: "="))
            }
        }
    }

    /// Nil where the text is not base64, white space included.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var digits = 0
        var padding = 0
        for character in text {
            if character == UInt8(ascii: "=") {
                padding += 1
                bits <<= 6
            } else {
                guard padding == 0, let value = Self.digits.firstIndex(of: character) else { return nil }
                bits = bits << 6 | UInt32(value)
            }
            digits += 1
            guard digits % 4 == 0 else { continue }
            for shift in [16, 8, 0] { bytes.append(UInt8(bits >> UInt32(shift) & 0xFF)) }
            bits = 0
        }
        guard padding <= 2 else { return nil }
        bytes.removeLast(padding)
        return bytes
    }
}

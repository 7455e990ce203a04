/// Turns bytes from the network into text that may be stored, logged and shown.
package enum SafeText {
    /// The provider's own words are kept to this many bytes.
    package static let limit = 500

    /// Valid UTF-8 of at most `limit` bytes, cut between characters, with "…" where something was cut.
    ///
    /// Line breaks become one space. Control characters go, and so do the marks that reverse the direction of text,
    /// which could make a terminal show something else than what is stored. Each of `secrets` found in the bytes is
    /// replaced by `[key]`: providers like to quote the key that they refuse. Nil when nothing is left.
    package static func make(
        _ bytes: ArraySlice<UInt8>, limit: Int = limit, redacting secrets: [[UInt8]] = []
    ) -> String? {
        bytes.withUnsafeBytes { make($0, limit: limit, redacting: secrets) }
    }

    package static func make(
        _ bytes: UnsafeRawBufferPointer, limit: Int = limit, redacting secrets: [[UInt8]] = []
    ) -> String? {
        if bytes.count <= limit, isPlain(bytes), !Secrets.stand(in: bytes, secrets) { return text(bytes) }
        // What is shown never needs more than this, however much of it is dropped as unfit.
        var head = Array(bytes.prefix(max(limit, 16) * 16))
        let isCut = head.count < bytes.count
        if !secrets.isEmpty {
            head = Secrets.redacted(head, secrets)
            // A key that lies across the end is in there as its beginning only.
            if isCut { head.removeLast(min(head.count, secrets.reduce(0) { max($0, $1.count) })) }
        }
        if !isCut, head.count <= limit, head.withUnsafeBytes(isPlain) { return head.withUnsafeBytes(text) }
        var text = cleaned(head)
        if !secrets.isEmpty {
            // What stood between the halves of a key may be gone now.
            text = String(decoding: Secrets.redacted(Array(text.utf8), secrets), as: UTF8.self)
        }
        if isCut || text.utf8.count > limit { return cut(text, to: limit) }
        return text.isEmpty ? nil : text
    }

    private static func text(_ plain: UnsafeRawBufferPointer) -> String? {
        guard !plain.isEmpty else { return nil }
        return plain.withMemoryRebound(to: UInt8.self) { String(decoding: $0, as: UTF8.self) }
    }

    /// Without control characters, with one space in place of every run of white space, and none at the ends.
    private static func cleaned(_ bytes: [UInt8]) -> String {
        var text = ""
        var pendingSpace = false
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            if isBreak(scalar) {
                pendingSpace = !text.isEmpty
                continue
            }
            if isUnfit(scalar) { continue }
            if pendingSpace { text.unicodeScalars.append(" ") }
            pendingSpace = false
            text.unicodeScalars.append(scalar)
        }
        return text
    }

    /// Printable ASCII without spaces to fold: nearly everything that comes by, and good as it is.
    private static func isPlain(_ bytes: UnsafeRawBufferPointer) -> Bool {
        // Names and identifiers have no spaces at all.
        if bytes.allSatisfy({ $0 &- 0x21 < 0x5E }) { return true }
        var previous = UInt8(ascii: " ")
        for place in 0..<bytes.count {
            let byte = bytes[place]
            guard byte &- 0x20 < 0x5F, byte != 0x20 || previous != 0x20 else { return false }
            previous = byte
        }
        return bytes.isEmpty || previous != 0x20
    }

    private static func cut(_ text: String, to limit: Int) -> String {
        var scalars = text.unicodeScalars
        var length = text.utf8.count
        while length + 3 > limit, let last = scalars.popLast() { length -= UTF8.width(last) }
        scalars.append("…")
        return String(scalars)
    }

    private static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0D, 0x20, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    private static func isUnfit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }
}

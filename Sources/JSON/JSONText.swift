import CSimdjson

/// Writes JSON into byte buffers, and answers questions about text.
package enum JSONText {
    /// Appends text as it stands between a string's quotes: `"`, `\` and control characters are escaped, the rest is
    /// as given. The bytes must be UTF-8.
    package static func appendEscaped(_ utf8: UnsafeRawBufferPointer, to target: inout [UInt8]) {
        var rest = utf8.assumingMemoryBound(to: UInt8.self)[...]
        while true {
            let run = UnsafeBufferPointer(rebasing: rest)
            guard let start = run.baseAddress, run.count > 0 else { return }
            let plain = sluice_json_plain_prefix(start, run.count)
            target.append(contentsOf: run[..<plain])
            guard plain < run.count else { return }
            appendEscape(of: run[plain], to: &target)
            rest = rest.dropFirst(plain + 1)
        }
    }

    package static func appendEscaped(_ utf8: [UInt8], to target: inout [UInt8]) {
        utf8.withUnsafeBytes { appendEscaped($0, to: &target) }
    }

    package static func appendEscaped(_ utf8: ArraySlice<UInt8>, to target: inout [UInt8]) {
        utf8.withUnsafeBytes { appendEscaped($0, to: &target) }
    }

    package static func appendEscaped(_ text: String, to target: inout [UInt8]) {
        var text = text
        text.withUTF8 { appendEscaped(UnsafeRawBufferPointer($0), to: &target) }
    }

    /// Appends text as a JSON string with its quotes.
    package static func appendString(_ utf8: UnsafeRawBufferPointer, to target: inout [UInt8]) {
        target.append(UInt8(ascii: "\""))
        appendEscaped(utf8, to: &target)
        target.append(UInt8(ascii: "\""))
    }

    package static func appendString(_ utf8: [UInt8], to target: inout [UInt8]) {
        utf8.withUnsafeBytes { appendString($0, to: &target) }
    }

    package static func appendString(_ utf8: ArraySlice<UInt8>, to target: inout [UInt8]) {
        utf8.withUnsafeBytes { appendString($0, to: &target) }
    }

    package static func appendString(_ text: String, to target: inout [UInt8]) {
        var text = text
        text.withUTF8 { appendString(UnsafeRawBufferPointer($0), to: &target) }
    }

    package static func append(_ integer: some BinaryInteger, to target: inout [UInt8]) {
        target.append(contentsOf: String(integer).utf8)
    }

    package static func isValidUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let start = bytes.assumingMemoryBound(to: UInt8.self).baseAddress else { return true }
        return sluice_json_is_utf8(start, bytes.count)
    }

    package static func isValidUTF8(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { isValidUTF8($0) } }

    package static func isValidUTF8(_ bytes: ArraySlice<UInt8>) -> Bool { bytes.withUnsafeBytes { isValidUTF8($0) } }

    /// How many bytes from the start are UTF-8: the offset of the first fault, or the count when there is none.
    package static func validUTF8Prefix(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard let start = bytes.assumingMemoryBound(to: UInt8.self).baseAddress else { return 0 }
        return sluice_json_utf8_prefix(start, bytes.count)
    }

    private static func appendEscape(of byte: UInt8, to target: inout [UInt8]) {
        target.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): target.append(byte)
        case 0x08: target.append(UInt8(ascii: "b"))
        case 0x09: target.append(UInt8(ascii: "t"))
        case 0x0A: target.append(UInt8(ascii: "n"))
        case 0x0C: target.append(UInt8(ascii: "f"))
        case 0x0D: target.append(UInt8(ascii: "r"))
        default:
            let digits: StaticString = "0123456789abcdef"
            target.append(contentsOf: [UInt8(ascii: "u"), UInt8(ascii: "0"), UInt8(ascii: "0")])
            target.append(digits.utf8Start[Int(byte >> 4)])
            target.append(digits.utf8Start[Int(byte & 15)])
        }
    }
}

import CSimdjson

/// Writes JSON into byte buffers, and answers questions about text.
package enum JSONText {
    /// Appends text as it stands between a string's quotes: `"`, `\` and control characters are escaped, the rest is
    /// as given. The bytes must be UTF-8.
    package static func appendEscaped(_ utf8: UnsafeRawBufferPointer, to target: inout [UInt8]) {
        let source = utf8.assumingMemoryBound(to: UInt8.self)
        guard let first = source.baseAddress else { return }
        let start = target.count
        let growth = sluice_json_escape_growth(first, source.count)
        target.append(contentsOf: source)
        guard growth > 0 else { return }
        // Room is made with bytes at hand, copied at once; a repeated zero would be appended one by one.
        var missing = growth
        while missing > 0 {
            let filler = source.prefix(missing)
            target.append(contentsOf: filler)
            missing -= filler.count
        }
        target.withUnsafeMutableBufferPointer { target in
            guard let base = target.baseAddress else { return }
            sluice_json_escape(first, source.count, base + start)
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

    /// Most numbers that are written are counts of a few digits, which need no string.
    package static func append(_ integer: Int, to target: inout [UInt8]) {
        guard (0..<10_000).contains(integer) else { return target.append(contentsOf: String(integer).utf8) }
        var divisor = integer < 10 ? 1 : integer < 100 ? 10 : integer < 1000 ? 100 : 1000
        while divisor > 0 {
            target.append(UInt8(ascii: "0") + UInt8(integer / divisor % 10))
            divisor /= 10
        }
    }

    package static func append(_ integer: some BinaryInteger, to target: inout [UInt8]) {
        target.append(contentsOf: String(integer).utf8)
    }

    /// Writes text as it stands between a string's quotes, like `appendEscaped`, into memory of the caller's that has
    /// room for `escapedCount`, or for six times the text.
    ///
    /// - Returns: how many bytes were written.
    package static func escape(_ utf8: UnsafeRawBufferPointer, into target: UnsafeMutableRawPointer) -> Int {
        guard let first = utf8.assumingMemoryBound(to: UInt8.self).baseAddress else { return 0 }
        return sluice_json_escape(first, utf8.count, target.assumingMemoryBound(to: UInt8.self))
    }

    /// How many bytes text takes between a string's quotes.
    package static func escapedCount(_ utf8: UnsafeRawBufferPointer) -> Int {
        guard let first = utf8.assumingMemoryBound(to: UInt8.self).baseAddress else { return 0 }
        return utf8.count + sluice_json_escape_growth(first, utf8.count)
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
}

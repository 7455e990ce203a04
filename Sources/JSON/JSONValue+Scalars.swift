import CSimdjson

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Strings, numbers, true and false.
extension JSONValue {
    /// The decoded text; nil when this is not a string.
    package var string: String? {
        let node = node
        guard node.kind == .string else { return nil }
        let contents = document(contents(node))
        guard node.hasEscapes else { return String(decoding: contents, as: UTF8.self) }
        return String(unsafeUninitializedCapacity: contents.count) { decode(contents, into: $0.baseAddress) }
    }

    /// Appends the decoded text in UTF-8; false, and nothing appended, when this is not a string.
    package func appendString(to target: inout [UInt8]) -> Bool {
        let node = node
        guard node.kind == .string else { return false }
        let contents = document(contents(node))
        let start = target.count
        target.append(contentsOf: contents)
        if node.hasEscapes {
            let length = target.withUnsafeMutableBufferPointer { target in
                decode(contents, into: target.baseAddress.map { $0 + start })
            }
            target.removeLast(contents.count - length)
        }
        return true
    }

    /// Lends the decoded text in UTF-8 for the length of the closure; nil when this is not a string.
    @inlinable
    package func withText<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result? {
        let node = node
        guard node.isPlainString else {
            guard node.hasEscapes else { return nil }
            return try decoded(node).withUnsafeBytes(body)
        }
        let start = parser.document.text + Int(node.start) + 1
        return try body(UnsafeRawBufferPointer(start: start, count: node.contentLength))
    }

    /// Whether this is a string that is written, byte for byte, as `JSONText` would write its text.
    package var isStringAsWritten: Bool {
        let node = node
        guard node.kind == .string else { return false }
        guard node.hasEscapes else { return true }
        let contents = contents(node)
        return sluice_json_is_escaped_alike(parser.document.text + contents.lowerBound, contents.count)
    }

    /// Whether this is a string that decodes to the text.
    package func isString(_ text: String) -> Bool {
        let node = node
        // Most names that are asked about differ in length already.
        guard node.isPlainString ? node.contentLength == text.utf8.count : node.hasEscapes else { return false }
        var text = text
        return text.withUTF8 { isString(node, UnsafeRawBufferPointer($0)) }
    }

    /// The number, where it is written as an integer and fits; nil for 1.5, 1e3 and other kinds.
    package var integer: Int64? {
        let node = node
        guard node.kind == .number else { return nil }
        var at = Int(node.start)
        let isNegative = parser.document.text[at] == UInt8(ascii: "-")
        if isNegative { at += 1 }
        // A number of the walk's has at least one digit here. Eighteen of them fit in any case.
        if Int(node.end) - at > 18 { return longInteger(at..<Int(node.end), isNegative: isNegative) }
        var value: Int64 = 0
        while at < Int(node.end) {
            let digit = parser.document.text[at] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int64(digit)
            at += 1
        }
        return isNegative ? -value : value
    }

    private func longInteger(_ range: Range<Int>, isNegative: Bool) -> Int64? {
        var value: Int64 = 0
        for byte in document(range) {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let digit = Int64(byte - UInt8(ascii: "0"))
            let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, passed) = product.addingReportingOverflow(isNegative ? -digit : digit)
            guard !overflowed, !passed else { return nil }
            value = sum
        }
        return value
    }

    /// The nearest double, infinite where the number is too large for one; nil on other kinds.
    package var double: Double? {
        guard kind == .number else { return nil }
        // Up to 2^53 the conversion from an integer is exact; "-0" keeps its sign the long way.
        if let integer, integer != 0, integer.magnitude <= 1 << 53 { return Double(integer) }
        return Double(String(decoding: document(range), as: UTF8.self))
    }

    /// Nil when this is neither true nor false.
    package var bool: Bool? {
        let node = node
        return node.kind == .bool ? parser.document.text[Int(node.start)] == UInt8(ascii: "t") : nil
    }

    @inlinable
    package var isNull: Bool { kind == .null }

    /// Whether a node of this value's document is a string that decodes to the text. Without escapes, which is
    /// nearly always, bytes are compared where they stand.
    @inline(__always)
    func isString(_ node: sluice_json_node, _ text: UnsafeRawBufferPointer) -> Bool {
        guard node.isPlainString else { return node.hasEscapes && decodes(node, to: text) }
        guard node.contentLength == text.count, let other = text.baseAddress else {
            return node.contentLength == text.count
        }
        return memcmp(parser.document.text + Int(node.start) + 1, other, text.count) == 0
    }

    /// The same of a string with escapes.
    private func decodes(_ node: sluice_json_node, to text: UnsafeRawBufferPointer) -> Bool {
        node.contentLength > text.count && decoded(node).elementsEqual(text)
    }

    /// The decoded text of a string.
    @usableFromInline
    func decoded(_ node: sluice_json_node) -> [UInt8] {
        let contents = document(contents(node))
        return [UInt8](unsafeUninitializedCapacity: contents.count) { target, count in
            count = decode(contents, into: target.baseAddress)
        }
    }

    /// Offsets of what stands between a string's quotes.
    private func contents(_ node: sluice_json_node) -> Range<Int> {
        Int(node.start) + 1..<Int(node.end) - 1
    }

    /// Decodes into memory that holds at least as many bytes; returns how many were written.
    private func decode(_ contents: Slice<UnsafeRawBufferPointer>, into target: UnsafeMutablePointer<UInt8>?) -> Int {
        let source = UnsafeRawBufferPointer(rebasing: contents).assumingMemoryBound(to: UInt8.self)
        guard let start = source.baseAddress, let target else { return 0 }
        return sluice_json_unescape(start, source.count, target)
    }
}

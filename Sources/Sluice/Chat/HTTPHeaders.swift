#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The header lines of one answer, kept as the bytes that arrived.
///
/// A lookup walks the block, which is a few hundred bytes; nothing is copied and no dictionary is built. Where the
/// block holds several heads (a `100 Continue`, a proxy's `200`, a redirect), only the last one counts. Names are
/// compared without case. Lines without a colon, with white space in the name, or folded onto a second line are
/// skipped.
package struct HTTPHeaders: Sendable, Equatable {
    /// One header line, as offsets into `block`; the value has no white space around it.
    package struct Field: Sendable, Equatable {
        package let name: Range<Int>
        package let value: Range<Int>
    }

    package let block: [UInt8]
    private let start: Int

    /// Takes a block of lines ended by LF or CRLF, with or without its status line.
    package init(block: [UInt8] = []) {
        self.block = block
        start = Self.lastHead(of: block)
    }

    /// Builds a block from names and values.
    package init(_ fields: KeyValuePairs<String, String>) {
        var block: [UInt8] = []
        for (name, value) in fields {
            block += name.utf8
            block += ": ".utf8
            block += value.utf8
            block += "\r\n".utf8
        }
        self.init(block: block)
    }

    /// The bytes of the first line with this name; `name` is written in lower case.
    package func first(_ name: StaticString) -> ArraySlice<UInt8>? {
        for field in fields where matches(field.name, name) { return block[field.value] }
        return nil
    }

    /// The bytes of the last line with this name; `name` is written in lower case.
    package func last(_ name: StaticString) -> ArraySlice<UInt8>? {
        var found: ArraySlice<UInt8>?
        for field in fields where matches(field.name, name) { found = block[field.value] }
        return found
    }

    /// The first value fit to be shown: valid UTF-8, no control characters, at most 200 bytes; nil when it is empty.
    package func text(_ name: StaticString) -> String? {
        first(name).flatMap { SafeText.make($0, limit: 200) }
    }

    /// Whether the bytes of `name` spell `lowercase`, whatever their case.
    package func matches(_ name: Range<Int>, _ lowercase: StaticString) -> Bool {
        name.count == lowercase.utf8CodeUnitCount && begins(name, lowercase)
    }

    /// Whether the bytes in a range begin with `lowercase`, whatever their case.
    func begins(_ range: Range<Int>, _ lowercase: StaticString) -> Bool {
        guard range.count >= lowercase.utf8CodeUnitCount else { return false }
        return block.withUnsafeBytes { block in
            let beginning = range.lowerBound..<range.lowerBound + lowercase.utf8CodeUnitCount
            return UnsafeRawBufferPointer(rebasing: block[beginning]).equalsIgnoringCase(lowercase)
        }
    }

    /// Calls `body` for each line whose name is known, in the order they arrived, with what it means and its value.
    ///
    /// Other lines cost a look at their length. A known name has no white space in it, so that none is looked for.
    func forEach<Meaning>(of names: HeaderNames<Meaning>, _ body: (Meaning, Range<Int>) -> Void) {
        block.withUnsafeBytes { block in
            guard let base = block.baseAddress else { return }
            var position = start
            while position < block.count {
                let line = Self.line(of: block, from: position)
                let from = base + position
                position = line.next
                guard let colon = memchr(from, Int32(UInt8(ascii: ":")), line.range.count) else { continue }
                let length = UnsafeRawPointer(colon) - from
                guard let meaning = names.meaning(of: UnsafeRawBufferPointer(start: from, count: length))
                else { continue }
                body(meaning, Self.value(of: block, in: line.range.lowerBound + length + 1..<line.range.upperBound))
            }
        }
    }

    package var fields: Fields { Fields(block: block, position: start) }

    /// Walks the lines of a block in the order they arrived.
    package struct Fields: Sequence, IteratorProtocol {
        fileprivate let block: [UInt8]
        fileprivate var position: Int

        package mutating func next() -> Field? {
            block.withUnsafeBytes { block in
                while position < block.count {
                    let line = HTTPHeaders.line(of: block, from: position)
                    position = line.next
                    if let field = Self.field(of: block, in: line.range) { return field }
                }
                return nil
            }
        }

        private static func field(of block: UnsafeRawBufferPointer, in line: Range<Int>) -> Field? {
            var colon = line.lowerBound
            while colon < line.upperBound, block[colon] != UInt8(ascii: ":") {
                if block[colon] <= 0x20 { return nil }
                colon += 1
            }
            guard colon < line.upperBound, colon > line.lowerBound else { return nil }
            let value = HTTPHeaders.value(of: block, in: colon + 1..<line.upperBound)
            return Field(name: line.lowerBound..<colon, value: value)
        }
    }

    private static func line(of block: UnsafeRawBufferPointer, from start: Int) -> (range: Range<Int>, next: Int) {
        let rest = UnsafeRawBufferPointer(rebasing: block[start...])
        guard let base = rest.baseAddress, let feed = memchr(base, 0x0A, rest.count) else {
            return (start..<block.count, block.count)
        }
        let end = start + (UnsafeRawPointer(feed) - base)
        return (start..<(end > start && block[end - 1] == 0x0D ? end - 1 : end), end + 1)
    }

    private static func value(of block: UnsafeRawBufferPointer, in range: Range<Int>) -> Range<Int> {
        var from = range.lowerBound
        var to = range.upperBound
        while from < to, block[from].isBlank { from += 1 }
        while to > from, block[to - 1].isBlank { to -= 1 }
        return from..<to
    }

    private static func lastHead(of block: [UInt8]) -> Int {
        block.withUnsafeBytes { block in
            var start = 0
            var position = 0
            while position < block.count {
                let line = line(of: block, from: position)
                if block[position] == UInt8(ascii: "H"), block[line.range].starts(with: "HTTP/".utf8) {
                    start = line.next
                }
                position = line.next
            }
            return start
        }
    }
}

/// The fields of a raw header block, in the order received. Nothing is parsed before it is asked for.
package struct HeaderFields: Sequence, Sendable {
    package struct Field: Equatable, Sendable {
        package var name: String
        package var value: String
    }

    let bytes: [UInt8]

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The value of the first field of that name, in any case of letters, without blanks around it.
    package func first(_ name: String) -> String? {
        let wanted = Array(name.utf8)
        var lines = Lines(bytes: bytes)
        while let line = lines.next() {
            let end = line.startIndex + wanted.count
            guard end < line.endIndex, line[end] == UInt8(ascii: ":") else { continue }
            guard zip(line, wanted).allSatisfy({ Self.lowercase($0) == Self.lowercase($1) }) else { continue }
            return Self.text(line[(end + 1)...])
        }
        return nil
    }

    package struct Iterator: IteratorProtocol {
        var lines: Lines

        package mutating func next() -> Field? {
            while let line = lines.next() {
                guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
                return Field(
                    name: String(decoding: line[..<colon], as: UTF8.self), value: text(line[(colon + 1)...]))
            }
            return nil
        }
    }

    package func makeIterator() -> Iterator {
        Iterator(lines: Lines(bytes: bytes))
    }

    /// Lines without their ends; the status line and folded continuations are left out.
    struct Lines {
        let bytes: [UInt8]
        private var position = 0

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        mutating func next() -> ArraySlice<UInt8>? {
            while position < bytes.endIndex {
                let isFirst = position == 0
                let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
                var line = bytes[position..<end]
                position = end + 1
                if line.last == UInt8(ascii: "\r") { line.removeLast() }
                guard !isFirst, let byte = line.first, byte != 0x20, byte != 0x09 else { continue }
                return line
            }
            return nil
        }
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }

    private static func text(_ value: ArraySlice<UInt8>) -> String {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        let trimmed = value.drop(while: isBlank)
        let end = trimmed.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? trimmed.startIndex
        return String(decoding: trimmed[..<end], as: UTF8.self)
    }
}

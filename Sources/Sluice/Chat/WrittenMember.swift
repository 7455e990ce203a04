import JSON

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One member of an object, both halves as they were written.
struct WrittenMember {
    let key: [UInt8]
    var value: [UInt8]

    /// Whether the key is this name, which has no escapes in it.
    func isNamed(_ name: String) -> Bool {
        key.count == name.utf8.count + 2 && key.dropFirst().dropLast().elementsEqual(name.utf8)
    }

    func append(to target: inout [UInt8]) {
        target += key
        target.append(UInt8(ascii: ":"))
        target += value
    }
}

extension [WrittenMember] {
    /// Members beyond this many are dropped: no answer has them.
    private static var maximum: Int { 64 }

    private func index(of key: JSONValue) -> Int? {
        key.withRawBytes { raw in firstIndex { $0.key.holds(raw) } }
    }

    mutating func keepFirst(_ key: JSONValue, _ value: JSONValue) {
        guard count < Self.maximum, index(of: key) == nil else { return }
        append(WrittenMember(key: key.rawBytes, value: value.rawBytes))
    }

    mutating func keepLast(_ key: JSONValue, _ value: JSONValue) {
        if let position = index(of: key) {
            // Most members are the same in every chunk.
            value.withRawBytes { raw in
                if !self[position].value.holds(raw) { self[position].value = [UInt8](raw) }
            }
        } else if count < Self.maximum {
            append(WrittenMember(key: key.rawBytes, value: value.rawBytes))
        }
    }

    /// Appends what stands between an array's brackets to what is there already.
    mutating func appendElements(_ key: JSONValue, _ array: JSONValue) {
        var elements: [UInt8] = []
        for element in array.elements {
            if !elements.isEmpty { elements.append(UInt8(ascii: ",")) }
            element.appendRaw(to: &elements)
        }
        if let position = index(of: key) {
            guard !elements.isEmpty else { return }
            if !self[position].value.isEmpty { self[position].value.append(UInt8(ascii: ",")) }
            self[position].value += elements
        } else if count < Self.maximum {
            append(WrittenMember(key: key.rawBytes, value: elements))
        }
    }
}

extension [UInt8] {
    /// Whether these are the same bytes.
    fileprivate func holds(_ other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count, let start = other.baseAddress else { return count == other.count }
        return withUnsafeBytes { bytes in bytes.baseAddress.map { memcmp($0, start, count) == 0 } ?? true }
    }
}

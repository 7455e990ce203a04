#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension UInt8 {
    /// Space or tab.
    var isBlank: Bool { self == 0x20 || self == 0x09 }

    /// Space, tab, LF or CR: the white space of JSON.
    var isWhiteSpace: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }

    var isDigit: Bool { self &- 0x30 < 10 }

    var lowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
}

extension ArraySlice<UInt8> {
    /// Compares ASCII text with case.
    func spells(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        return withUnsafeBytes { bytes in text.withUTF8Buffer { bytes.elementsEqual($0) } }
    }

    /// Compares ASCII text without case; `lowercase` is written in lower case.
    func equalsIgnoringCase(_ lowercase: StaticString) -> Bool {
        guard count == lowercase.utf8CodeUnitCount else { return false }
        return startsIgnoringCase(lowercase)
    }

    func startsIgnoringCase(_ lowercase: StaticString) -> Bool {
        guard count >= lowercase.utf8CodeUnitCount else { return false }
        return lowercase.withUTF8Buffer { wanted in
            for offset in 0..<wanted.count where self[startIndex + offset].lowercased != wanted[offset] {
                return false
            }
            return true
        }
    }

    /// The offset of the first place, at or after `start`, where the bytes spell `lowercase` without case.
    func find(_ lowercase: StaticString, from start: Int? = nil) -> Int? {
        let length = lowercase.utf8CodeUnitCount
        var position = start ?? startIndex
        while position + length <= endIndex {
            if self[position...].startsIgnoringCase(lowercase) { return position }
            position += 1
        }
        return nil
    }

    var trimmed: ArraySlice<UInt8> {
        var from = startIndex
        var to = endIndex
        while from < to, self[from].isWhiteSpace { from += 1 }
        while to > from, self[to - 1].isWhiteSpace { to -= 1 }
        return self[from..<to]
    }
}

extension UnsafeRawBufferPointer {
    /// Compares ASCII text without case; `lowercase` is written in lower case, as is nearly all that is held against it.
    func equalsIgnoringCase(_ lowercase: UnsafeRawBufferPointer) -> Bool {
        guard count == lowercase.count, let base = baseAddress, let other = lowercase.baseAddress else {
            return count == lowercase.count
        }
        guard self[0].lowercased == lowercase[0] else { return false }
        return memcmp(base, other, count) == 0 || indices.allSatisfy { self[$0].lowercased == lowercase[$0] }
    }

    func equalsIgnoringCase(_ lowercase: StaticString) -> Bool {
        lowercase.withUTF8Buffer { equalsIgnoringCase(UnsafeRawBufferPointer($0)) }
    }
}

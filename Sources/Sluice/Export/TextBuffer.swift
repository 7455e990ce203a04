import JSON

/// Text on its way into a file: a piece is put behind those that are there.
///
/// A row of results is made of some fifty short pieces. An array would ask at each of them whether it is shared.
struct TextBuffer: ~Copyable {
    private var start: UnsafeMutableRawPointer
    private var capacity: Int
    private(set) var count = 0

    /// Text of up to this many bytes is escaped in one go, into room for the worst of it.
    private static let shortText = 512

    init(capacity: Int) {
        self.capacity = max(capacity, 64)
        start = .allocate(byteCount: self.capacity, alignment: 1)
    }

    deinit { start.deallocate() }

    /// The bytes so far.
    var bytes: [UInt8] { withBytes { [UInt8]($0) } }

    /// Lends the bytes so far for the length of the closure.
    func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try body(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// Keeps the memory for what comes next.
    mutating func removeAll() { count = 0 }

    @inline(__always)
    private mutating func makeRoom(_ more: Int) {
        if capacity - count < more { grow(more) }
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        let wanted = max(capacity * 2, count + more)
        let grown = UnsafeMutableRawPointer.allocate(byteCount: wanted, alignment: 1)
        grown.copyMemory(from: start, byteCount: count)
        start.deallocate()
        start = grown
        capacity = wanted
    }

    // MARK: As it is

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        makeRoom(1)
        put(byte)
    }

    /// Into room that has been made for it.
    @inline(__always)
    private mutating func put(_ byte: UInt8) {
        start.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    @inline(__always)
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let first = bytes.baseAddress else { return }
        makeRoom(bytes.count)
        (start + count).copyMemory(from: first, byteCount: bytes.count)
        count += bytes.count
    }

    mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    @inline(__always)
    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { append(UnsafeRawBufferPointer($0)) }
    }

    // MARK: Numbers

    mutating func append(number: Int) {
        if number < 0 { append(UInt8(ascii: "-")) }
        append(UInt64(number.magnitude), digits: 1)
    }

    /// Dollars in plain decimal text, as `Money` describes itself.
    mutating func append(number money: Money) {
        if money.picoDollars < 0 { append(UInt8(ascii: "-")) }
        var (whole, fraction) = money.picoDollars.magnitude.quotientAndRemainder(
            dividingBy: Money.picoDollarsPerDollar.magnitude)
        append(whole, digits: 1)
        guard fraction > 0 else { return }
        append(UInt8(ascii: "."))
        var digits = 12
        while fraction % 10 == 0 {
            fraction /= 10
            digits -= 1
        }
        append(fraction, digits: digits)
    }

    /// - Parameter digits: so many at least, with zeros before the number.
    private mutating func append(_ number: UInt64, digits: Int) {
        var length = 1
        var rest = number / 10
        while rest > 0 {
            length += 1
            rest /= 10
        }
        length = max(length, digits)
        makeRoom(length)
        rest = number
        var place = count + length
        while place > count {
            place -= 1
            start.storeBytes(of: UInt8(ascii: "0") + UInt8(rest % 10), toByteOffset: place, as: UInt8.self)
            rest /= 10
        }
        count += length
    }

    // MARK: JSON

    /// A member's key, which needs no escaping, as `"key":`; behind a comma but for the object's first.
    mutating func append(key: StaticString, isFirst: Bool) {
        let length = key.utf8CodeUnitCount
        makeRoom(length + 4)
        if !isFirst { put(UInt8(ascii: ",")) }
        put(UInt8(ascii: "\""))
        key.withUTF8Buffer { name in
            if let first = name.baseAddress { (start + count).copyMemory(from: first, byteCount: length) }
        }
        count += length
        put(UInt8(ascii: "\""))
        put(UInt8(ascii: ":"))
    }

    /// Text as a JSON string with its quotes; the bytes must be UTF-8.
    mutating func appendString(_ utf8: UnsafeRawBufferPointer) {
        let room = utf8.count <= Self.shortText ? 6 * utf8.count : JSONText.escapedCount(utf8)
        makeRoom(room + 2)
        append(UInt8(ascii: "\""))
        if room == utf8.count {
            append(utf8)
        } else {
            count += JSONText.escape(utf8, into: start + count)
        }
        append(UInt8(ascii: "\""))
    }

    mutating func appendString(utf8: [UInt8]) { utf8.withUnsafeBytes { appendString($0) } }

    mutating func appendString(_ text: String) {
        var text = text
        text.withUTF8 { appendString(UnsafeRawBufferPointer($0)) }
    }

    /// JSON text kept to one line: a line break in valid JSON is white space between its tokens.
    mutating func append(json: UnsafeRawBufferPointer) {
        let from = count
        append(json)
        let text = UnsafeMutableRawBufferPointer(start: start + from, count: json.count)
        for index in text.indices {
            let byte = text[index]
            text[index] = byte == 0x0A || byte == 0x0D ? 0x20 : byte
        }
    }
}

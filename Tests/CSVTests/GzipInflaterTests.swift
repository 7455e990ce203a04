import Gzip
import Testing

@Suite struct GzipInflaterTests {
    /// "hello\n" as gzip(1) -n writes it.
    static let hello: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0xE7, 0x02, 0x00,
        0x20,
        0x30, 0x3A, 0x36, 0x06, 0x00, 0x00, 0x00,
    ]

    /// Nothing at all, compressed.
    static let empty: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00,
        0x00,
    ]

    static let truncated = "the gzip data ends too early; is the file complete?"
    static let trailing = "bytes that are not gzip follow the gzip data"

    private func inflate(_ bytes: [UInt8], chunk: Int = .max, piece: Int = 256 << 10) throws -> [UInt8] {
        let inflater = try GzipInflater(pieceBytes: piece)
        var output: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let next = rest.prefix(chunk)
            rest = rest.dropFirst(next.count)
            try next.withUnsafeBytes {
                try inflater.inflate($0) { bytes in
                    #expect(bytes.count <= piece)
                    output.append(contentsOf: bytes)
                }
            }
        }
        try inflater.finish()
        return output
    }

    @Test(arguments: [1, 2, 5, 1000], [1, 3, 1000]) func members(inChunksOf chunk: Int, outIn piece: Int) throws {
        let text = Array("hello\n".utf8)
        #expect(try inflate(Self.hello, chunk: chunk, piece: piece) == text)
        #expect(try inflate(Self.hello + Self.empty + Self.hello, chunk: chunk, piece: piece) == text + text)
        #expect(try inflate(Self.empty, chunk: chunk, piece: piece).isEmpty)
        #expect(try inflate(Self.hello + [0, 0, 0], chunk: chunk, piece: piece) == text)
    }

    @Test func everyTruncationIsNamed() {
        let bytes = Self.hello + Self.hello
        for length in bytes.indices where length != Self.hello.count {
            let error = #expect(throws: GzipError.self) { try inflate(Array(bytes[..<length])) }
            #expect(error?.description == Self.truncated, "\(length) bytes")
        }
    }

    @Test(arguments: [[1], [0x1F], [0, 1], [0, 0x1F, 0x8B], [0x1F, 0x8C], Array("tail".utf8)] as [[UInt8]])
    func whatFollowsMustBeGzip(_ tail: [UInt8]) {
        #expect(throws: GzipError.self) { try inflate(Self.hello + tail) }
        #expect(throws: GzipError.self) { try inflate(Self.hello + tail, chunk: 1) }
    }

    @Test func trailingBytesAreNamed() {
        let error = #expect(throws: GzipError.self) { try inflate(Self.hello + Array("tail".utf8)) }
        #expect(error?.description == Self.trailing)
    }

    @Test func damageIsNoticed() {
        // The time and system of the header carry no check, and byte 17 is mostly padding.
        for position in Self.hello.indices where !(4...9).contains(position) && position != 17 {
            var bytes = Self.hello
            bytes[position] ^= 0x10
            #expect(throws: GzipError.self, "byte \(position)") { try inflate(bytes) }
        }
        var bytes = Self.hello
        bytes[18] ^= 1
        let error = #expect(throws: GzipError.self) { try inflate(bytes) }
        #expect(error?.description == "the gzip data is corrupt (incorrect data check)")
    }

    @Test func theBeginningTells() {
        #expect(Self.hello.withUnsafeBytes { GzipInflater.isGzip($0) })
        for bytes in [[], [0x1F], [0x1F, 0x8C], [0x7B, 0x8B]] as [[UInt8]] {
            #expect(!bytes.withUnsafeBytes { GzipInflater.isGzip($0) })
        }
    }
}

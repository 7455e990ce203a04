import Digest
import Testing

@Suite struct SHA256HasherTests {
    /// FIPS 180-2, appendix B, and the empty text.
    static let known: [(text: String, digest: String)] = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ]

    @Test(arguments: known) func knownTexts(_ text: String, digest: String) throws {
        #expect(try SHA256Hasher.hash(Array(text.utf8)).description == digest)
        let hasher = try SHA256Hasher()
        try hasher.update(text)
        #expect(try hasher.finish().description == digest)
    }

    @Test func aMillionLetters() throws {
        let hasher = try SHA256Hasher()
        let thousand = [UInt8](repeating: UInt8(ascii: "a"), count: 1000)
        for _ in 0..<1000 { try hasher.update(thousand[...]) }
        #expect(
            try hasher.finish().description == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func aHasherIsReused() throws {
        let hasher = try SHA256Hasher()
        let expected = try SHA256Hasher.hash(Array("abc".utf8))
        for _ in 0..<3 {
            try hasher.update(Array("a".utf8))
            try hasher.update(Array("xbx".utf8)[1...1])
            try Array("c".utf8).withUnsafeBytes { (bytes) throws in try hasher.update(bytes) }
            #expect(try hasher.finish() == expected)
        }
        try hasher.update("discarded")
        try hasher.reset()
        try hasher.update("abc")
        #expect(try hasher.finish() == expected)
        try hasher.update("abd")
        #expect(try hasher.finish() != expected)
    }

    @Test func numbersAreEightBytes() throws {
        let hasher = try SHA256Hasher()
        try hasher.update(bigEndian: 0x0102_0304_0506_0708)
        let digest = try hasher.finish()
        #expect(try digest == SHA256Hasher.hash([1, 2, 3, 4, 5, 6, 7, 8]))
        #expect(digest.bytes.count == SHA256Digest.byteCount)
        #expect(digest.withBytes { Array($0) } == digest.bytes)
    }
}

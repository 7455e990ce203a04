import Testing

@testable import Sluice

@Suite struct FileContentTests {
    @Test(arguments: [
        (SampleFiles.png, FileContent.png), (SampleFiles.jpeg, .jpeg), (SampleFiles.gif, .gif),
        (Array("GIF87a".utf8), .gif), (SampleFiles.webp, .webp), (SampleFiles.wav, .wav), (SampleFiles.mp3, .mp3),
        (SampleFiles.taggedMP3, .mp3), (SampleFiles.pdf, .pdf),
    ])
    func known(bytes: [UInt8], content: FileContent) {
        #expect(bytes.withUnsafeBytes { FileContent(head: $0) } == content)
    }

    @Test(arguments: [
        Array("hello".utf8), Array("RIFF\u{4}\u{0}\u{0}\u{0}AVI LIST".utf8), Array("RIFF".utf8), Array("ID3 tags".utf8),
        // UTF-16's mark, AAC's header, and headers of MPEG frames with values that stand for none.
        [0xFF, 0xFE, 0x41, 0x00], [0xFF, 0xF1, 0x50, 0x80], [0xFF, 0xFB, 0xF0, 0x64], [0xFF, 0xFB, 0x9C, 0x64],
        [0xFF, 0xEB, 0x90, 0x64], [0x89, 0x50, 0x4E, 0x47], [], [0xFF],
    ])
    func unknown(bytes: [UInt8]) {
        #expect(bytes.withUnsafeBytes { FileContent(head: $0) } == nil)
    }

    /// Wherever the pieces are cut, the answer is that of the whole.
    @Test(arguments: [
        ("a é € 😀 z", nil as [UInt8]?, true), ("", nil, true), ("é", [0xC3], false), ("é", [0xFF], false),
        ("ab", [0xE2, 0x82], false), ("😀", [0xF0, 0x9F, 0x98, 0x61], false), ("a", [0], false),
        ("a", [0xED, 0xA0, 0x80], false), ("a", [0x80], false),
    ])
    func text(start: String, end: [UInt8]?, isText: Bool) {
        let bytes = Array(start.utf8) + (end ?? [])
        for size in 1...max(1, bytes.count) {
            var check = TextCheck()
            for from in stride(from: 0, to: bytes.count, by: size) {
                Array(bytes[from..<min(from + size, bytes.count)]).withUnsafeBytes { check.add($0) }
            }
            check.finish()
            #expect(check.isText == isText, "pieces of \(size)")
        }
    }
}

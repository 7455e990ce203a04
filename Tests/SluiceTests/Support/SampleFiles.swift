@testable import Sluice

/// The beginnings of files of each kind; nothing behind them is looked at.
enum SampleFiles {
    static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x01, 0x02, 0xFE]
    static let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10]
    static let gif = Array("GIF89a\u{1}\u{0}".utf8)
    static let webp = Array("RIFF\u{4}\u{0}\u{0}\u{0}WEBPVP8 ".utf8)
    static let wav = Array("RIFF\u{4}\u{0}\u{0}\u{0}WAVEfmt ".utf8)
    static let mp3: [UInt8] = [0xFF, 0xFB, 0x90, 0x64, 0x00]
    static let taggedMP3 = Array("ID3\u{4}\u{0}\u{0}".utf8)
    static let pdf = Array("%PDF-1.7\n%".utf8) + [0xE2, 0xE3, 0xCF, 0xD3]
    static let text = Array("Blue whales — the largest animals.\n".utf8)
}

/// A job whose only message has these content parts, with its files in a folder of the test's own.
func makeJob(parts: String, in folder: TemporaryFolder, url: String = "/v1/chat/completions") throws -> Job {
    let request =
        url == "/v1/responses"
        ? "model: m\ninput: [{role: user, content: [\(parts)]}]"
        : "model: m\nmessages: [{role: user, content: [\(parts)]}]"
    var job = try makeJob(request: request, url: url)
    job.attachments.folder = folder.path
    return job
}

extension PlannedRequest {
    /// The body as it is sent when `texts` go to the places of its files.
    func filled(_ texts: [String]) -> String {
        let splices = zip(attachments, texts).map { attachment, text in
            BodySplice(range: attachment.position..<attachment.position, replacement: Array(text.utf8))
        }
        return String(decoding: BodySplice.applying(splices, to: body), as: UTF8.self)
    }
}

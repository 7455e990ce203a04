import JSON

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a file holds, told by its bytes and never by its name.
enum FileContent: Sendable, Equatable {
    case png, jpeg, gif, webp, wav, mp3, pdf, text
    /// Nothing that is sent.
    case other

    /// The bytes that `init(head:)` wants to see, where the file has so many.
    static let headBytes = 12

    /// Tells a file by its first bytes; nil where these are of no known kind, and only the whole file can tell whether
    /// it is text.
    init?(head: UnsafeRawBufferPointer) {
        func has(_ bytes: [UInt8], at offset: Int = 0) -> Bool { head.dropFirst(offset).starts(with: bytes) }
        func has(_ text: StaticString, at offset: Int = 0) -> Bool {
            text.withUTF8Buffer { head.dropFirst(offset).starts(with: $0) }
        }
        if has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if has([0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if has("GIF87a") || has("GIF89a") {
            self = .gif
        } else if has("RIFF"), has("WEBP", at: 8) {
            self = .webp
        } else if has("RIFF"), has("WAVE", at: 8) {
            self = .wav
        } else if Self.isMP3(head) {
            self = .mp3
        } else if has("%PDF-") {
            self = .pdf
        } else {
            return nil
        }
    }

    /// An ID3 tag of a version that exists, or the header of an MPEG audio frame of layer III.
    private static func isMP3(_ head: UnsafeRawBufferPointer) -> Bool {
        guard head.count >= 4 else { return false }
        if head.starts(with: "ID3".utf8) { return (2...4).contains(head[3]) }
        let hasSync = head[0] == 0xFF && head[1] & 0xE0 == 0xE0
        let isLayer3 = head[1] & 0x06 == 0x02 && head[1] & 0x18 != 0x08
        // Neither the bit rate nor the sampling rate that stands for none.
        return hasSync && isLayer3 && head[2] & 0xF0 != 0xF0 && head[2] & 0x0C != 0x0C
    }

    var mediaType: String {
        switch self {
        case .png: "image/png"
        case .jpeg: "image/jpeg"
        case .gif: "image/gif"
        case .webp: "image/webp"
        case .wav: "audio/wav"
        case .mp3: "audio/mpeg"
        case .pdf: "application/pdf"
        case .text: "text/plain"
        case .other: "application/octet-stream"
        }
    }
}

/// Finds out, piece by piece, whether a file is text: UTF-8 without a NUL.
struct TextCheck {
    private(set) var isText = true
    /// The beginning of a character whose rest is in the next piece.
    private var carried: [UInt8] = []

    mutating func add(_ piece: UnsafeRawBufferPointer) {
        guard isText, let start = piece.baseAddress else { return }
        guard memchr(start, 0, piece.count) == nil else {
            isText = false
            return
        }
        if carried.isEmpty { return check(piece) }
        let joined = carried + piece
        joined.withUnsafeBytes { check($0) }
    }

    /// No more pieces: a character that was begun is a fault.
    mutating func finish() {
        if !carried.isEmpty { isText = false }
    }

    private mutating func check(_ bytes: UnsafeRawBufferPointer) {
        // The faster question first.
        if JSONText.isValidUTF8(bytes) { return carried = [] }
        let rest = bytes.dropFirst(JSONText.validUTF8Prefix(bytes))
        // What is wrong and not merely cut off is still wrong with the next piece behind it, and then too long.
        isText = rest.count < 4
        carried = isText ? Array(rest) : []
    }
}

/// What the first bytes of an input say: pure, and fed until it can answer.
struct InputHead {
    enum Answer: Equatable {
        /// More bytes are needed.
        case undecided
        /// The format, and how many bytes of a byte order mark come first.
        case format(InputFormat, skip: Int)
        case wideEncoding
        case jsonArray
        case spreadObject
    }

    /// Blank bytes beyond this are not looked through; the reader of the format copes with them.
    private static let longestLook = 64 << 10

    /// The format where it is known.
    let format: InputFormat
    private(set) var bytes: [UInt8] = []

    init(format: InputFormat) { self.format = format }

    mutating func append(_ piece: UnsafeRawBufferPointer) { bytes.append(contentsOf: piece) }

    /// - Parameter atEnd: whether the input has no more bytes.
    func answer(atEnd: Bool) -> Answer {
        guard bytes.count >= 3 || atEnd else { return .undecided }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return .wideEncoding }
        let skip = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        if format == .csv { return .format(.csv, skip: skip) }

        let text = bytes[skip...]
        let mayWait = !atEnd && bytes.count < Self.longestLook
        let otherwise = format == .automatic ? InputFormat.csv : format
        guard let first = text.firstIndex(where: { !Self.isBlank($0) }) else {
            return mayWait ? .undecided : .format(.jsonl, skip: skip)
        }
        let opening = text[first]
        guard opening == UInt8(ascii: "{") || opening == UInt8(ascii: "[") else {
            return .format(otherwise, skip: skip)
        }
        let rest = text[(first + 1)...]
        guard let second = rest.firstIndex(where: { !Self.isBlank($0) }) else {
            // Without a second character the reader's own message is as good.
            return mayWait ? .undecided : .format(.jsonl, skip: skip)
        }
        if opening == UInt8(ascii: "[") {
            // A CSV header might begin with a bracket, though hardly with one before a brace.
            if format == .jsonl || rest[second] == UInt8(ascii: "{") { return .jsonArray }
            return .format(otherwise, skip: skip)
        }
        return rest[..<second].contains(0x0A) ? .spreadObject : .format(.jsonl, skip: skip)
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}

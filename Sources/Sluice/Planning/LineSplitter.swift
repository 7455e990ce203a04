#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Cuts bytes into lines at LF or CRLF. Only a line that crosses pieces is held, and no more of it than the cap.
struct LineSplitter {
    enum Line {
        /// Without its line break.
        case text(UnsafeRawBufferPointer)
        /// Its bytes were dropped; handed out when it is known to be too long.
        case tooLong
    }

    /// Beyond this the buffer is given back after a long line.
    private static let keptBytes = 2 << 20

    private let maximumBytes: Int
    private var held: [UInt8] = []
    private var isDropping = false
    private var line = 1

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// Takes the next bytes and hands out the lines that they complete, with their numbers from 1.
    mutating func split(_ piece: UnsafeRawBufferPointer, _ body: (Int, Line) throws -> Void) throws {
        guard let base = piece.baseAddress else { return }
        var start = 0
        while start < piece.count {
            let found = memchr(base + start, 0x0A, piece.count - start).map { UnsafeRawPointer($0) - base }
            let part = UnsafeRawBufferPointer(rebasing: piece[start..<(found ?? piece.count)])
            guard let found else { return try hold(part, body) }
            if !held.isEmpty { try hold(part, body) }
            try endLine(part, body)
            start = found + 1
        }
    }

    /// Takes the end of the bytes: a last line that no line break ended.
    mutating func finish(_ body: (Int, Line) throws -> Void) throws {
        if !held.isEmpty { try endLine(UnsafeRawBufferPointer(start: nil, count: 0), body) }
    }

    private mutating func hold(_ part: UnsafeRawBufferPointer, _ body: (Int, Line) throws -> Void) throws {
        guard !isDropping else { return }
        // One byte more than the cap, for the CR of a CRLF.
        guard held.count + part.count <= maximumBytes + 1 else {
            held = []
            isDropping = true
            return try body(line, .tooLong)
        }
        held.append(contentsOf: part)
    }

    /// Ends the line that is held, or where nothing is held the one that lies whole in a piece.
    private mutating func endLine(_ whole: UnsafeRawBufferPointer, _ body: (Int, Line) throws -> Void) throws {
        let number = line
        line += 1
        if isDropping {
            isDropping = false
        } else if held.isEmpty {
            try handOut(whole, number, body)
        } else {
            defer { held.removeAll(keepingCapacity: held.capacity <= Self.keptBytes) }
            try held.withUnsafeBytes { try handOut($0, number, body) }
        }
    }

    private func handOut(_ bytes: UnsafeRawBufferPointer, _ number: Int, _ body: (Int, Line) throws -> Void) throws {
        let text = bytes.last == 0x0D ? UnsafeRawBufferPointer(rebasing: bytes.dropLast()) : bytes
        try body(number, text.count > maximumBytes ? .tooLong : .text(text))
    }
}

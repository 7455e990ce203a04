#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Cuts a stream of server-sent events into events, on bytes, whatever pieces they arrive in.
///
/// LF, CRLF (also when a read ends between the two) and lone CR end a line; nothing else does, so U+2028 in a text is
/// safe. Comments and unknown fields are passed over, several `data` lines are joined by LF, one byte order mark at the
/// start is dropped, and an event that the end of the stream leaves without its blank line still counts.
package struct EventStreamParser: Sendable {
    /// An event longer than this ends the reading; see `isOverLimit`.
    package let maximumEventBytes: Int
    /// An event was too long. Nothing after it is read.
    package private(set) var isOverLimit = false

    private var line: [UInt8] = []
    private var name: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var isFirstLine = true
    private var skipsLineFeed = false

    package init(maximumEventBytes: Int = 16 << 20) {
        self.maximumEventBytes = maximumEventBytes
    }

    /// Reads on, and hands out each event that is now complete: its name, mostly empty, and its data.
    package mutating func append(
        _ bytes: ArraySlice<UInt8>, event: (_ name: ArraySlice<UInt8>, _ data: ArraySlice<UInt8>) -> Void
    ) {
        var start = bytes.startIndex
        var position = start
        while !isOverLimit {
            let end = Self.endOfLine(in: bytes, from: position)
            if end > position { skipsLineFeed = false }
            position = end
            guard position < bytes.endIndex else { break }
            let byte = bytes[position]
            if byte == 0x0A, skipsLineFeed {
                skipsLineFeed = false
            } else {
                skipsLineFeed = byte == 0x0D
                endLine(with: bytes[start..<position], event: event)
            }
            position += 1
            start = position
        }
        guard !isOverLimit else { return }
        line.append(contentsOf: bytes[start..<bytes.endIndex])
        checkLimit()
    }

    /// Where the next LF or CR stands, or the end of the bytes.
    private static func endOfLine(in bytes: ArraySlice<UInt8>, from start: Int) -> Int {
        bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return start }
            var position = start - bytes.startIndex
            while position < buffer.count {
                // A stretch at a time: where lines end in CR, the search for an LF must not read all that is left at each.
                let stretch = min(512, buffer.count - position)
                let feed = memchr(base + position, 0x0A, stretch)
                let line = feed.map { UnsafeRawPointer($0) - base - position } ?? stretch
                if let end = memchr(base + position, 0x0D, line) ?? feed {
                    return UnsafeRawPointer(end) - base + bytes.startIndex
                }
                position += stretch
            }
            return bytes.endIndex
        }
    }

    /// Ends the stream: an unfinished line and an unfinished event count as finished.
    package mutating func finish(event: (_ name: ArraySlice<UInt8>, _ data: ArraySlice<UInt8>) -> Void) {
        guard !isOverLimit else { return }
        if !line.isEmpty { endLine(with: [], event: event) }
        endEvent(event)
    }

    private mutating func endLine(
        with rest: ArraySlice<UInt8>, event: (_ name: ArraySlice<UInt8>, _ data: ArraySlice<UInt8>) -> Void
    ) {
        if line.isEmpty {
            read(line: rest, event: event)
        } else {
            line.append(contentsOf: rest)
            let whole = line
            line.removeAll(keepingCapacity: true)
            read(line: whole[...], event: event)
        }
        checkLimit()
    }

    private mutating func read(
        line: ArraySlice<UInt8>, event: (_ name: ArraySlice<UInt8>, _ data: ArraySlice<UInt8>) -> Void
    ) {
        var line = line
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
        }
        guard let first = line.first else {
            endEvent(event)
            return
        }
        guard first == UInt8(ascii: "d") || first == UInt8(ascii: "e") else { return }
        let colon = line.firstIndex(of: UInt8(ascii: ":"))
        var value = colon.map { line[($0 + 1)...] } ?? []
        if value.first == 0x20 { value = value.dropFirst() }
        let field = line[..<(colon ?? line.endIndex)]
        if field.spells("data") {
            if hasData { data.append(0x0A) }
            data.append(contentsOf: value)
            hasData = true
        } else if field.spells("event") {
            name = Array(value)
        }
    }

    private mutating func endEvent(_ event: (_ name: ArraySlice<UInt8>, _ data: ArraySlice<UInt8>) -> Void) {
        if hasData, !isOverLimit { event(name[...], data[...]) }
        name.removeAll(keepingCapacity: true)
        data.removeAll(keepingCapacity: true)
        hasData = false
    }

    private mutating func checkLimit() {
        if line.count + data.count + name.count > maximumEventBytes {
            isOverLimit = true
            line = []
            data = []
        }
    }
}

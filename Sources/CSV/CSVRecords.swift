#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What libcsv's callbacks have pushed: the fields' bytes in one buffer, where each field ends, and where each
/// complete record is. The last record may still be incomplete.
final class CSVRecords {
    struct Record {
        var line: Int
        var start: Int
        var fields: Range<Int>
    }

    // Unchecked: what reads or changes them calls nothing that comes back here, and each field does both.
    @exclusivity(unchecked) private(set) var bytes: [UInt8] = []
    @exclusivity(unchecked) private(set) var ends: [Int] = []
    @exclusivity(unchecked) private(set) var complete: [Record] = []

    /// The line that libcsv has reached, and that of the incomplete record's first byte.
    @exclusivity(unchecked) private var line = 1
    @exclusivity(unchecked) private var firstByte = 0
    @exclusivity(unchecked) private var firstField = 0
    @exclusivity(unchecked) private var followsCarriageReturn = false

    /// Beyond this a buffer is given back once its record is done.
    private static let keptCapacity = 4 << 20

    var incompleteBytes: Int { bytes.count - firstByte }
    var incompleteFields: Int { ends.count - firstField }

    /// The line on which the incomplete record began.
    var incompleteLine: Int { line }

    /// The line on which the incomplete record's last, unfinished field began.
    var unfinishedFieldLine: Int { line + lineBreaks(from: firstByte, firstField: firstField) }

    func append(field: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: field.assumingMemoryBound(to: UInt8.self))
        ends.append(bytes.count)
    }

    /// Ends a record, or notes an empty line: libcsv is told to report every line break outside fields, so that
    /// lines can be counted. A line feed right after a carriage return is part of the same line break.
    func endRecord(with terminator: Int32) {
        if ends.count > firstField {
            complete.append(Record(line: line, start: firstByte, fields: firstField..<ends.count))
            line += lineBreaks(from: firstByte, firstField: firstField) + 1
            followsCarriageReturn = terminator == 0x0D
            firstByte = bytes.count
            firstField = ends.count
        } else if terminator == 0x0A, followsCarriageReturn {
            followsCarriageReturn = false
        } else {
            line += 1
            followsCarriageReturn = terminator == 0x0D
        }
    }

    func row(_ record: Record) -> CSVRow {
        CSVRow(line: record.line, bytes: bytes, ends: ends, start: record.start, fields: record.fields)
    }

    /// Forgets the complete records; the incomplete one moves to the front.
    func removeComplete() {
        guard !complete.isEmpty else { return }
        complete.removeAll(keepingCapacity: true)
        let offset = firstByte
        bytes.removeSubrange(..<firstByte)
        ends.removeSubrange(..<firstField)
        for field in ends.indices { ends[field] -= offset }
        if bytes.capacity > Self.keptCapacity, bytes.count < Self.keptCapacity {
            var smaller: [UInt8] = []
            smaller.append(contentsOf: bytes)
            bytes = smaller
        }
        firstByte = 0
        firstField = 0
    }

    /// Line breaks inside the fields from one on. Nearly always there are none, and two quick searches say so.
    private func lineBreaks(from start: Int, firstField: Int) -> Int {
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, start < bytes.count else { return 0 }
            let count = bytes.count - start
            guard memchr(base + start, 0x0A, count) != nil || memchr(base + start, 0x0D, count) != nil else { return 0 }
            var total = 0
            var fieldStart = start
            for end in ends[firstField...] {
                total += Self.lineBreaks(UnsafeRawBufferPointer(rebasing: bytes[fieldStart..<end]))
                fieldStart = end
            }
            return total
        }
    }

    /// Line feeds, and carriage returns that no line feed follows.
    static func lineBreaks(_ bytes: UnsafeRawBufferPointer) -> Int {
        var total = 0
        var previous: UInt8 = 0
        for byte in bytes {
            if byte == 0x0D || (byte == 0x0A && previous != 0x0D) { total += 1 }
            previous = byte
        }
        return total
    }
}

import CZlib

/// Decompresses gzip as its bytes arrive, one member after the other; belongs to one thread at a time.
///
/// Output leaves in pieces of a fixed size, so that a small file which expands without end costs no memory. Each
/// member's checksum and length are checked by zlib. Zero bytes after the last member are padding, as gzip(1) has it;
/// anything else there is an error.
package final class GzipInflater {
    private enum Phase {
        /// Inside a member, or at the very start.
        case member
        /// After a member: another may follow, or padding, or the end.
        case between
        /// After padding: only more of it may follow.
        case padding
    }

    private let stream: UnsafeMutablePointer<z_stream>
    private let output: UnsafeMutableRawBufferPointer
    private var phase = Phase.member
    private var failure: GzipError?

    /// - Parameter pieceBytes: the most that one call of the output closure receives.
    package init(pieceBytes: Int = 256 << 10) throws(GzipError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        output = .allocate(byteCount: max(pieceBytes, 1), alignment: 64)
        // 15 bits of window, and 16 more to ask for gzip's header and trailer alone (zlib.h, inflateInit2).
        guard inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            stream.deallocate()
            output.deallocate()
            throw .memory
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        output.deallocate()
    }

    /// Whether bytes begin as gzip does.
    package static func isGzip(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B
    }

    /// Takes the next compressed bytes and hands out what they expand to, piece by piece, each lent for the length
    /// of the call.
    ///
    /// Throws `GzipError`, or what the closure throws; after either the inflater is of no further use.
    package func inflate(_ chunk: UnsafeRawBufferPointer, piece: (UnsafeRawBufferPointer) throws -> Void) throws {
        if let failure { throw failure }
        var rest = chunk[...]
        while !rest.isEmpty {
            if phase != .member {
                guard try startMember(rest.first ?? 0) else {
                    rest = rest.dropFirst()
                    continue
                }
            }
            let (used, status) = try inflateMember(UnsafeRawBufferPointer(rebasing: rest), piece)
            rest = rest.dropFirst(used)
            if status == Z_STREAM_END { phase = .between }
        }
    }

    /// Takes the end of the bytes.
    package func finish() throws(GzipError) {
        if let failure { throw failure }
        if phase == .member { throw fail(.truncated) }
    }

    /// Looks at the first byte after a member: true where another member starts, false for padding.
    private func startMember(_ byte: UInt8) throws(GzipError) -> Bool {
        if byte == 0 {
            phase = .padding
            return false
        }
        guard phase == .between, byte == 0x1F else { throw fail(.trailing) }
        inflateReset(stream)
        phase = .member
        return true
    }

    /// Inflates until the input is used up or the member ends; returns how many bytes were used.
    private func inflateMember(
        _ input: UnsafeRawBufferPointer, _ piece: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> (used: Int, status: Int32) {
        let offered = min(input.count, 1 << 30)
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.assumingMemoryBound(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(offered)
        while true {
            stream.pointee.next_out = output.assumingMemoryBound(to: UInt8.self).baseAddress
            stream.pointee.avail_out = UInt32(clamping: output.count)
            let status = CZlib.inflate(stream, Z_NO_FLUSH)
            let produced = output.count - Int(stream.pointee.avail_out)
            let used = offered - Int(stream.pointee.avail_in)
            switch status {
            case Z_OK, Z_STREAM_END, Z_BUF_ERROR:
                if produced > 0 { try piece(UnsafeRawBufferPointer(rebasing: output[..<produced])) }
                // With room left in the output everything that the input could give has been given.
                if status == Z_STREAM_END || stream.pointee.avail_out > 0 { return (used, status) }
            case Z_MEM_ERROR:
                throw fail(.memory)
            default:
                throw fail(.corrupt(stream.pointee.msg.map { String(cString: $0) }))
            }
        }
    }

    private func fail(_ error: GzipError) -> GzipError {
        failure = error
        return error
    }
}

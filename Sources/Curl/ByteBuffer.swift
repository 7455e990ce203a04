/// Bytes that libcurl may borrow: memory that stays where it is until the next `replace`, `append` or `removeAll`.
struct ByteBuffer: ~Copyable {
    private var memory: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init() {
        memory = .init(start: nil, count: 0)
    }

    deinit {
        memory.deallocate()
    }

    /// The bytes; good until the buffer changes.
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: memory[..<count])
    }

    /// Becomes a copy of `bytes`.
    mutating func replace(with bytes: [UInt8]) {
        count = 0
        bytes.withUnsafeBytes { append($0) }
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
        if count + bytes.count > memory.count { grow(to: count + bytes.count) }
        memory.baseAddress?.advanced(by: count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    /// Empties the buffer and keeps its memory, unless that is more than `limit` bytes.
    mutating func removeAll(keepingAtMost limit: Int) {
        count = 0
        if memory.count > limit {
            memory.deallocate()
            memory = .init(start: nil, count: 0)
        }
    }

    private mutating func grow(to needed: Int) {
        let wider = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(needed, min(memory.count * 2, needed + (1 << 20)), 512), alignment: 16)
        wider.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
        memory.deallocate()
        memory = wider
    }
}

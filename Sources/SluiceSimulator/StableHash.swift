/// A 64-bit hash of bytes that is the same in every process and on every machine.
///
/// Swift's own `Hasher` is seeded anew in each process, but faults and delays must repeat from run to run. Eight bytes
/// a step, folded by a 128-bit product; good for telling bodies apart, not for keeping secrets.
struct StableHash {
    private(set) var value: UInt64

    init(seed: UInt64 = 0) {
        value = seed ^ 0x9E37_79B9_7F4A_7C15
    }

    /// Takes in bytes and their number, so that `("ab", "c")` and `("a", "bc")` differ.
    mutating func combine(_ bytes: UnsafeRawBufferPointer) {
        var offset = 0
        while bytes.count - offset >= 8 {
            mix(bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        var rest: UInt64 = 0
        while offset < bytes.count {
            rest = rest << 8 | UInt64(bytes[offset])
            offset += 1
        }
        mix(rest)
        mix(UInt64(bytes.count))
    }

    mutating func combine(_ number: UInt64) {
        mix(number)
    }

    private mutating func mix(_ word: UInt64) {
        let product = (value ^ word ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
        value = product.high ^ product.low &+ word
    }
}

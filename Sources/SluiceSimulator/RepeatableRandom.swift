/// SplitMix64: a short stream of random numbers that depends on its seed alone.
///
/// One is made for each request from (seed, body, attempt), so that what befalls a request does not depend on the
/// order in which requests arrive.
package struct RepeatableRandom: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    init(seed: UInt64, body: UInt64, attempt: UInt64, purpose: UInt64) {
        var hash = StableHash(seed: seed)
        hash.combine(body)
        hash.combine(attempt)
        hash.combine(purpose)
        state = hash.value
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// The next number in 0 ..< 1, in steps of 2⁻⁵³.
    mutating func nextFraction() -> Double {
        Double(next() >> 11) * 0x1p-53
    }
}

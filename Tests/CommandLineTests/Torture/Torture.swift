import SluiceSimulator
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How hard a torture is: a few seconds' worth along with the other tests, or as `scripts/torture` asks for.
struct Torture: Sendable {
    let name: String
    /// Set by `scripts/torture`: it wants figures, and goals of time hold.
    let isFull: Bool
    let kills: Int
    let rows: Int
    let inFlight: Int
    let seed: UInt64
    private let random: Mutexed<RepeatableGenerator>

    init(_ name: String) {
        func setting(_ name: String) -> UInt64? { getenv(name).flatMap { UInt64(String(cString: $0)) } }
        self.name = name
        isFull = setting("SLUICE_TORTURE") == 1
        kills = Int(setting("SLUICE_TORTURE_KILLS") ?? 3)
        rows = Int(setting("SLUICE_TORTURE_ROWS") ?? 300)
        inFlight = Int(setting("SLUICE_TORTURE_IN_FLIGHT") ?? 40)
        seed = setting("SLUICE_TORTURE_SEED") ?? UInt64.random(in: 1...999_999)
        random = Mutexed(RepeatableGenerator(seed: seed ^ SimulatedAnswer.fnv1a(Array(name.utf8))))
    }

    func random(in range: ClosedRange<Int>) -> Int {
        random.withLock { Int.random(in: range, using: &$0) }
    }

    /// One line with figures, where somebody asked for them.
    func tell(_ figures: String) {
        guard isFull else { return }
        print("torture: \(name.padding(32)) \(figures)")
    }

    var seedComment: Comment { "seed \(seed)" }
}

extension String {
    fileprivate func padding(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

/// SplitMix64.
struct RepeatableGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Ways to die, one after the other: each leaves nothing lost, nothing recorded asked for again, and sound books.
@Suite(.serialized) enum TortureTests {}

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
    private let random: Mutexed<RepeatableRandom>

    init(_ name: String) {
        func setting(_ name: String) -> UInt64? { getenv(name).flatMap { UInt64(String(cString: $0)) } }
        self.name = name
        isFull = setting("SLUICE_TORTURE") == 1
        kills = Int(setting("SLUICE_TORTURE_KILLS") ?? 3)
        rows = Int(setting("SLUICE_TORTURE_ROWS") ?? 300)
        inFlight = Int(setting("SLUICE_TORTURE_IN_FLIGHT") ?? 40)
        // Along with the other tests always the same: what a new seed finds is for `scripts/torture` to find.
        seed = setting("SLUICE_TORTURE_SEED") ?? 1
        random = Mutexed(RepeatableRandom(seed: seed ^ SimulatedAnswer.fnv1a(Array(name.utf8))))
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

/// Ways to die, one after the other: each leaves nothing lost, nothing recorded asked for again, and sound books.
@Suite(.serialized) enum TortureTests {}

import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@testable import Sluice

/// Damaged answers, the same ones every time: nothing traps, nothing grows, and what has to be true stays true.
///
/// `SLUICE_FUZZ` is how many, and `SLUICE_FUZZ_SEED` makes them others; `scripts/fuzz` sets both.
@Suite struct AnswerFuzzTests {
    static let shards: UInt64 = 8
    static let inputs = number("SLUICE_FUZZ") ?? 20_000
    static let seed = number("SLUICE_FUZZ_SEED") ?? 1
    private static let done = Mutex<(inputs: UInt64, memoryAtStart: Int?)>((0, nil))

    private static func number(_ variable: String) -> UInt64? {
        getenv(variable).flatMap { UInt64(String(cString: $0)) }
    }

    @Test(arguments: 0..<shards)
    func survivesDamage(shard: UInt64) throws {
        var mutator = AnswerMutator(seed: Self.seed &* 0x9E37_79B9_7F4A_7C15 &+ shard)
        let invariants = AnswerInvariants()
        let count = Self.inputs / Self.shards
        for number in 0..<count {
            let input = mutator.next()
            do {
                try invariants.check(input, &mutator.chance)
            } catch {
                Issue.record("input \(number) of shard \(shard), seed \(Self.seed): \(error)\n\(input)")
                return
            }
            if number % 64 == 63 || number == count - 1 { Self.report(number % 64 + 1) }
        }
    }

    /// Prints the memory in use at a tenth of the inputs and at the end, and expects it not to have grown between.
    private static func report(_ more: UInt64) {
        let tenth = inputs / 10
        let total = inputs / shards * shards
        let (now, start) = done.withLock { done in
            done.inputs += more
            let hasPassedTenth = done.inputs >= tenth && done.inputs - more < tenth
            if hasPassedTenth { done.memoryAtStart = ProcessMemory.now?.resident }
            return (done.inputs, hasPassedTenth || done.inputs == total ? done.memoryAtStart : nil)
        }
        guard let start, let memory = ProcessMemory.now, inputs >= 100_000 else { return }
        print("fuzz: \(now) inputs, resident \(memory.resident) kB, peak \(memory.peak) kB")
        #expect(memory.resident < start + 32_768, "memory grew while nothing was kept")
    }
}

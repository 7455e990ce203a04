/// Which of the newest requests to an endpoint have failed.
struct RecentOutcomes: Sendable {
    /// The newest in the lowest bit; a failure is a one.
    private var bits: UInt32 = 0
    private var count = 0

    /// Fewer say nothing of a share.
    private static let least = 20

    mutating func add(failed: Bool) {
        bits = bits << 1 | (failed ? 1 : 0)
        count = min(count + 1, UInt32.bitWidth)
    }

    /// 0 to 1; 0 while there are few.
    var failureShare: Double {
        count < 4 ? 0 : Double(bits.nonzeroBitCount) / Double(count)
    }

    var isNearlyAllFailed: Bool { count >= Self.least && failureShare >= 0.9 }
}

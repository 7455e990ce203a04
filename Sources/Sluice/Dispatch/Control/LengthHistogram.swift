/// The lengths of the newest answers, in tokens: their mean and their quantiles. Older ones fade.
///
/// Lengths are counted in bins that grow by about a quarter of their width's octave, so a quantile is right to within
/// 13 %, whatever the lengths are. The memory is fixed.
struct LengthHistogram: Sendable {
    /// Four bins an octave, up to 2^24 tokens.
    private static let bins = 24 * 4
    /// A length counts this much less with each that comes after it: about the newest 200 count.
    private static let fading = 1.005

    private var weights = [Double](repeating: 0, count: bins)
    private var total: Double = 0
    private var sum: Double = 0
    /// What the next length counts; growing it fades the older ones without touching them.
    private var next: Double = 1
    private(set) var count = 0

    var mean: Double { total > 0 ? sum / total : 0 }

    mutating func add(_ length: Int) {
        let length = min(max(length, 1), 1 << 24 - 1)
        weights[Self.bin(length)] += next
        total += next
        sum += next * Double(length)
        count += 1
        next *= Self.fading
        if next > 1e6 { rescale() }
    }

    /// The length that a share of `fraction` of the answers does not pass; zero before the first.
    func quantile(_ fraction: Double) -> Double {
        guard total > 0 else { return 0 }
        var left = total * fraction
        for (bin, weight) in weights.enumerated() {
            left -= weight
            if left <= 0, weight > 0 { return Self.top(bin) }
        }
        return Self.top(Self.bins - 1)
    }

    /// The octave, and the quarter of it that the next two bits tell.
    private static func bin(_ length: Int) -> Int {
        let octave = Int.bitWidth - 1 - length.leadingZeroBitCount
        let quarter = octave >= 2 ? (length >> (octave - 2)) & 3 : (length << (2 - octave)) & 3
        return min(octave * 4 + quarter, bins - 1)
    }

    private static func top(_ bin: Int) -> Double {
        let octave = Double(1 << (bin / 4))
        return octave * (1 + Double(bin % 4 + 1) / 4)
    }

    private mutating func rescale() {
        for bin in weights.indices { weights[bin] /= next }
        total /= next
        sum /= next
        next = 1
    }
}

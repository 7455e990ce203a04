/// How long an answer takes where few requests are in flight, and whether it takes longer of late.
struct LeisureTime: Sendable {
    /// Answers from which on their mean is believed.
    private static let least: Double = 3
    private static let enough: Double = 24
    /// Of the newest answers' time to that at leisure.
    private static let muchLonger = 1.6

    /// By the octave of the number in flight.
    private var octaves = [(count: Double, seconds: Double)](repeating: (0, 0), count: 20)
    private var recent: Double = 0
    private var count = 0

    /// - Parameter isReference: it tells what the time at leisure is; else only what it is of late.
    mutating func add(_ seconds: Double, level: Int, isReference: Bool) {
        recent += (seconds - recent) / Double(min(count + 1, 10))
        count += 1
        guard isReference else { return }
        let octave = min(Int.bitWidth - 1 - max(1, level).leadingZeroBitCount, octaves.count - 1)
        octaves[octave].count += 1
        octaves[octave].seconds += seconds
    }

    /// The mean over the least levels that have told enough, up to where the time begins to rise.
    var seconds: Double {
        var (count, seconds) = (0.0, 0.0)
        for octave in octaves where octave.count > 0 {
            if count >= Self.least, octave.seconds / octave.count > 1.3 * seconds / count { break }
            count += octave.count
            seconds += octave.seconds
            if count >= Self.enough { break }
        }
        return count > 0 ? seconds / count : 0
    }

    /// The newest answers take much longer than those at leisure.
    var isOver: Bool { count >= 12 && recent > Self.muchLonger * seconds }
}

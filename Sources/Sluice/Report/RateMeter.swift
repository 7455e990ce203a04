/// The rate of a growing count over the newest half minute.
package struct RateMeter: Sendable {
    private var samples: [(time: Timestamp, count: Int)] = []
    private let span: Duration

    package init(span: Duration = .seconds(30)) { self.span = span }

    package mutating func note(_ count: Int, at time: Timestamp) {
        samples.append((time, count))
        // One sample from before the span stays, so that the whole of it is measured.
        while samples.count > 2, time - samples[1].time >= span { samples.removeFirst() }
    }

    /// Nil until the count has grown.
    package var perSecond: Double? {
        guard let first = samples.first, let last = samples.last, last.time > first.time, last.count > first.count
        else { return nil }
        return Double(last.count - first.count) / (last.time - first.time).inSeconds
    }
}

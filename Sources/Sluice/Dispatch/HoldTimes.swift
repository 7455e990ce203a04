/// For how long each cause held a run back. Pure: time is passed in.
package struct HoldTimes: Sendable, Equatable {
    private(set) package var times: [Hold: Duration] = [:]
    private var current: Hold?
    private var since: Timestamp
    private var lastTaken: Timestamp

    package init(at now: Timestamp = Timestamp(nanoseconds: 0), times: [Hold: Duration] = [:]) {
        since = now
        lastTaken = now
        self.times = times
    }

    /// What holds the run back now.
    package var now: Hold? { current }

    /// From `now` on it is `hold`; nil where nothing does.
    package mutating func note(_ hold: Hold?, at now: Timestamp) {
        if let current, now > since { times[current, default: .zero] += now - since }
        current = hold
        since = max(since, now)
    }

    /// Takes out what has come together, in the whole milliseconds that the queue keeps; the rest stays for the next time.
    package mutating func take(at now: Timestamp) -> [Hold: Duration] {
        note(current, at: now)
        var taken: [Hold: Duration] = [:]
        for (hold, time) in times where time.milliseconds > 0 {
            taken[hold] = .milliseconds(time.milliseconds)
            times[hold] = time - .milliseconds(time.milliseconds)
        }
        return taken
    }

    /// The same once a second at most: to write it down each time would cost more than it tells.
    package mutating func takeNowAndThen(at now: Timestamp) -> [Hold: Duration] {
        guard now - lastTaken >= .seconds(1) else { return [:] }
        lastTaken = now
        return take(at: now)
    }

    /// The greatest first, each as a part of the whole; those below half a per cent are left out.
    package var shares: [(hold: Hold, share: Double)] {
        let whole = times.values.reduce(Duration.zero, +).inSeconds
        guard whole > 0 else { return [] }
        return times.map { (hold: $0.key, share: $0.value.inSeconds / whole) }
            .filter { $0.share >= 0.005 }
            .sorted { ($0.share, $1.hold.rawValue) > ($1.share, $0.hold.rawValue) }
    }

    /// `requests a minute 81 % · concurrency 19 %`; nil where nothing was measured.
    package var text: String? {
        let parts = shares.map { "\($0.hold.words) \(Int(($0.share * 100).rounded())) %" }
        return parts.isEmpty ? nil : parts.joined(separator: " · ")
    }

    /// The one change that would help most.
    package var advice: String? { shares.first { $0.hold.advice != nil && $0.share >= 0.05 }?.hold.advice }
}

/// How visits to the queue go, and so how long before their time requests are claimed and how many of them. Pure: time is
/// passed in.
struct QueueVisits: Sendable {
    /// Where answers are slow visits are a hundredth of what one takes apart, within these: each makes the disk write, and
    /// what waits for it keeps its place.
    private static let spacing = (least: Duration.milliseconds(5), most: Duration.milliseconds(25))

    /// How many claims to hold ready beyond the free places: what was used up during the newest visit.
    private(set) var ahead = 1
    /// How long the newest answer took; before the first, nobody knows.
    private var latency: Duration?
    /// When the newest visit began.
    private(set) var newest = Timestamp(nanoseconds: 0)
    private var usual = Duration.milliseconds(5)

    /// How long before requests may leave they are claimed: time enough for a visit.
    var leadTime: Duration { usual * 2 + .milliseconds(10) }

    /// The newest answer took so long that a visit is short beside it.
    var answersAreSlow: Bool { latency.map { $0 > usual * 16 } ?? true }

    /// Until when what comes in should share the next visit.
    var gathersUntil: Timestamp {
        newest + min(max((latency ?? .zero) / 100, Self.spacing.least), Self.spacing.most)
    }

    mutating func begin(at now: Timestamp) { newest = now }

    /// - Parameters:
    ///   - recorded: answers that the visit made durable.
    ///   - places: how many may be in flight.
    mutating func ended(after duration: Duration, recorded: Int, places: Int) {
        usual = (usual * 7 + duration) / 8
        // No more than is needed: what is claimed and not sent counts as possibly billed after a crash. Slow answers
        // are few during a visit; of fast ones, as many places become free with it as it records.
        ahead = min(max(recorded, 1), answersAreSlow ? max(1, places / 8) : places)
    }

    mutating func answered(after latency: Duration) { self.latency = latency }
}

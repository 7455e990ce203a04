/// How visits to the queue go, and so how long before their time requests are claimed and how many of them. Pure: time is
/// passed in.
struct QueueVisits: Sendable {
    /// Visits are at least so far apart where answers are slow: each makes the disk write.
    private static let spacing = Duration.milliseconds(5)

    /// How many claims to hold ready beyond the free places: what was used up during the newest visit.
    private(set) var ahead = 1
    /// The newest answer took so long that a visit is short beside it.
    private(set) var answersAreSlow = true
    /// When the newest visit began.
    private(set) var newest = Timestamp(nanoseconds: 0)
    private var usual = Duration.milliseconds(5)

    /// How long before requests may leave they are claimed: time enough for a visit.
    var leadTime: Duration { usual * 2 + .milliseconds(10) }

    /// Until when what comes in should share the next visit.
    var gathersUntil: Timestamp { newest + Self.spacing }

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

    mutating func answered(after latency: Duration) { answersAreSlow = latency > usual * 16 }
}

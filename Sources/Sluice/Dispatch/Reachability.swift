/// Watches whether the endpoint can be reached at all. Pure: time is passed in.
///
/// A request that found no connection says nothing about itself: it uses up no attempt, and everybody waits. Each
/// failure after a pause makes the next pause twice as long. An endpoint that never answered is given up soon; one
/// that did is waited for through a long outage, and its pauses stay short beside the time that it has been away, so
/// that little of the time after it is lost.
package struct Reachability: Sendable {
    package enum Verdict: Equatable, Sendable {
        /// Nothing should leave before this time.
        case pause(until: Timestamp)
        case giveUp
    }

    package static let firstPause = Duration.milliseconds(500)
    package static let longestPause = Duration.seconds(30)
    /// How long one that has answered is waited for.
    package static let patienceAfter = Duration.seconds(3600)

    private let patience: Duration
    private var hasAnswered = false
    private var failingSince: Timestamp?
    private var pause = firstPause
    private var pausedUntil: Timestamp?

    /// - Parameter patience: how long an endpoint is tried that has not answered yet.
    package init(patience: Duration) { self.patience = patience }

    /// - Returns: whether the endpoint could not be reached before.
    package mutating func answered() -> Bool {
        defer { hasAnswered = true }
        guard failingSince != nil else { return false }
        failingSince = nil
        pausedUntil = nil
        pause = Self.firstPause
        return true
    }

    /// - Parameter start: when the failed request left; one that left before the present pause says nothing new.
    package mutating func failed(leftAt start: Timestamp, now: Timestamp) -> Verdict {
        if let pausedUntil, start < pausedUntil { return .pause(until: pausedUntil) }
        let since = failingSince ?? now
        failingSince = since
        if now - since >= (hasAnswered ? max(Self.patienceAfter, patience) : patience) { return .giveUp }
        let until = now + pause
        pausedUntil = until
        pause = min(
            pause * 2, hasAnswered ? max(.seconds(2), (until - since) / 60) : Self.longestPause, Self.longestPause)
        return .pause(until: until)
    }
}

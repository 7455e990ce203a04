/// Lets nothing through for a while, because the endpoint said so or is away. Pure: time is passed in.
///
/// After an outage one request goes first. The others follow when it is answered, or when it has not failed for a
/// moment: an endpoint that is away fails at once.
struct EndpointGate: Sendable {
    static let trialTime = Duration.milliseconds(500)

    private enum State: Sendable, Equatable {
        case open
        case closed(until: Timestamp, Hold, needsTrial: Bool)
        case trial(leftAt: Timestamp, Hold)
    }

    private var state = State.open

    /// When one may pass, and what holds it; nil now.
    func opening(now: Timestamp) -> (until: Timestamp, hold: Hold)? {
        switch state {
        case .open: nil
        case .closed(let until, let hold, _): until > now ? (until, hold) : nil
        case .trial(let leftAt, let hold):
            leftAt + Self.trialTime > now ? (leftAt + Self.trialTime, hold) : nil
        }
    }

    /// Whether the next that passes goes alone.
    func goesAlone(now: Timestamp) -> Bool {
        if case .closed(_, _, needsTrial: true) = state { return true }
        return false
    }

    /// A longer closing stays; the need for a trial too.
    mutating func close(until time: Timestamp, _ hold: Hold, needsTrial: Bool) {
        if case .closed(let until, let earlier, let needed) = state {
            state = .closed(
                until: max(until, time), until > time ? earlier : hold, needsTrial: needed || needsTrial)
        } else {
            state = .closed(until: time, hold, needsTrial: needsTrial)
        }
    }

    /// - Returns: whether the gate is open for all with this one.
    mutating func passed(now: Timestamp) -> Bool {
        switch state {
        case .open: return false
        case .closed(_, let hold, needsTrial: true):
            state = .trial(leftAt: now, hold)
            return false
        case .closed, .trial:
            state = .open
            return true
        }
    }

    /// The endpoint serves. - Returns: whether that opens the gate.
    mutating func answered(leftAt: Timestamp) -> Bool {
        guard case .trial(let start, _) = state, leftAt >= start else { return false }
        state = .open
        return true
    }
}

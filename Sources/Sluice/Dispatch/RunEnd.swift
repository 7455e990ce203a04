/// Why a sitting of a run ended.
package enum RunEnd: Sendable, Equatable {
    /// Every row has its result.
    case complete
    /// A person or the system asked it to stop.
    case interrupted
    /// The endpoint will serve no further request: key, balance or permission, in the provider's words.
    case stopped(StopCause, words: String)
    /// The endpoint asked for a longer pause than a run waits for.
    case throttled(wait: Duration)

    /// The job's limit for a day is used up until then.
    case dayIsUsed(until: Timestamp)
    /// The endpoint could not be reached for longer than a run waits.
    case unreachable(words: String)

    /// A few words for the queue's `runs.end_reason`.
    package var reason: String {
        switch self {
        case .complete: "complete"
        case .interrupted: "interrupted"
        case .stopped(let cause, _): "stopped: \(cause.rawValue)"
        case .throttled: "stopped: throttled"
        case .dayIsUsed: "stopped: the day's limit"
        case .unreachable: "stopped: endpoint unreachable"
        }
    }
}

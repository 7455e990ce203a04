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

    /// A word for the queue's `runs.end_reason`.
    package var reason: String {
        switch self {
        case .complete: "complete"
        case .interrupted: "interrupted"
        case .stopped(let cause, let words): "stopped (\(cause.rawValue)): \(words)"
        case .throttled(let wait): "stopped: the endpoint asks for a pause of \(wait.milliseconds / 1000) s"
        }
    }
}

/// What a run came to.
package struct RunResult: Sendable {
    package var report: RunReport
    /// Whether the counters match what they count.
    package var balance: ClosingBalance?
    /// Why the results could not be written, though they are safe in the queue.
    package var exportFailure: (any Error)?
    package var end: RunEnd
    /// Endpoints that were stopped in this sitting.
    package var stops: [EndpointStop] = []
}

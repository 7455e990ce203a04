/// Is told what came of a request.
package typealias TransferEnd = @Sendable (Result<HTTPResponse, TransferFailure>) -> Void

/// A request that has not reached a handle yet.
struct Submission: Sendable {
    var body: [UInt8]
    var profile: TransferProfile
    /// Called exactly once: by the engine's `end`, or where the request is refused before it starts.
    var ended: TransferEnd
}

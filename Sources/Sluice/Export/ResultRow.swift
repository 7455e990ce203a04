/// One request of the plan in force with all that is known of it, as an exporter writes it.
package struct ResultRow: Sendable {
    package var customID: String
    package var url: String
    /// `unsent` where it has no result.
    package var resultClass: ResultClass
    package var attempts: Int
    package var attemptID: Int64?
    /// The body that came, as received; nil where none came.
    package var answer: [UInt8]?
    package var status: Int?
    package var errorCode: String?
    package var error: String?
    package var providerRequestID: String?
    package var finishReason: String?
    package var model: String?
    package var latencyMilliseconds: Int64?
    /// Of a streamed answer.
    package var firstTokenMilliseconds: Int64?
    package var tokensPerSecond: Double?
    package var usage: Usage?
    package var cost: Money?
    /// The row's own columns as a JSON object; only where asked for.
    package var input: [UInt8]?
    /// The body that was sent; only where asked for.
    package var request: [UInt8]?
}

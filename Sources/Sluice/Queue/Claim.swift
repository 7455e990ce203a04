/// A request taken from the queue to be sent: its attempt stands in the ledger before its bytes leave.
package struct Claim: Sendable {
    package var requestID: Int64
    package var attemptID: Int64
    /// When its attempt came into the ledger.
    package var claimedAt = Timestamp(milliseconds: 0)
    package var customID: String
    /// Path such as `/v1/chat/completions`.
    package var url: String
    /// The model it asks for, where that is known.
    package var model: String?
    /// The JSON to send, byte for byte as planned, but for the files that it takes in.
    package var body: [UInt8]
    /// Attempts before this one that count against the job's limit.
    package var attempts: Int
    /// Times it was turned away by rate limits.
    package var throttles: Int
    /// Answers before this one that failed the job's check.
    package var invalids = 0
    /// What is sent beyond the body.
    package var amendment: Amendment?
    /// Prompt tokens, by length.
    package var promptEstimate: Int
    /// Tokens that the body allows for the answer, if it says so.
    package var outputLimit: Int?
    /// Files whose data goes into the body when it is sent, by position.
    package var attachments: [Attachment] = []

    /// Tokens that the answer may have, with a limit that was raised.
    package var allowedOutput: Int? {
        guard let outputLimit else { return nil }
        return max(outputLimit, amendment?.outputLimit ?? 0)
    }
}

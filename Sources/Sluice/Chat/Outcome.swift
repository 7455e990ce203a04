/// What one attempt ended in: the verdict, and all that is worth recording beside the answer itself.
package struct Outcome: Sendable, Equatable {
    package var verdict: Verdict
    /// The HTTP status; nil when no head came.
    package var status: Int?
    /// As written by the provider, from the choice that decided the class.
    package var finishReason: String?
    /// The model that answered, which need not be the one asked for.
    package var servedModel: String?
    /// The tier that was used and is paid for, which need not be the one asked for.
    package var serviceTier: String?
    package var usage: Usage?
    /// Where the provider's `usage` stands, as offsets into `document`, or into the answer's body where that is nil.
    package var usageRange: Range<Int>?
    package var requestID: String?
    /// The provider's code where it gave one, else a name of ours: `http_502`, `not_json`, `timeout_idle`.
    package var errorCode: String?
    package var errorType: String?
    /// The provider's words where it had any, else ours; valid UTF-8, no control characters, at most 500 bytes.
    package var errorMessage: String?
    /// What the provider says it charged, in pico-dollars.
    package var reportedPicoDollars: Int64?
    /// The model may have worked, and be charged for, although nothing came back that says so.
    package var possiblyBilled = false
    /// Class `ok` with no text, no tool call and no audio in one of its choices. Not an error, but worth counting.
    package var textIsEmpty = false
    /// For an answer that came as a stream: the same answer in one JSON document, to be kept instead of the body. Of a
    /// stream that was cut short, as much as had come.
    package var document: [UInt8]?

    package init(verdict: Verdict, status: Int? = nil) {
        self.verdict = verdict
        self.status = status
    }
}

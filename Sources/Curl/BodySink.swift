/// Takes the body of a 2xx answer in as it comes, in place of the answer's `body`.
///
/// Touched by the loop's thread alone until the request has ended, and afterwards by whoever got it with the result.
package protocol BodySink: AnyObject, Sendable {
    /// Takes the next piece, whose bytes are good until it returns. It must not block.
    ///
    /// - Parameter elapsed: since the send.
    func receive(_ piece: UnsafeRawBufferPointer, after elapsed: Duration) -> BodyProgress

    /// The request has ended, with a whole body or without: nothing more comes. The last call on the loop's thread.
    func end()
}

/// What a piece of a body means for the deadlines.
package enum BodyProgress: Sendable {
    /// The connection lives, and that is all: a comment, a part of an event.
    case alive
    /// Something came that was asked for.
    case progress
    /// Everything that was asked for is there; the end of the body is waited for a moment only.
    case complete
}

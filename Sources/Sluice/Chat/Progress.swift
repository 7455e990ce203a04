/// What one event of a stream brought, for those who watch a stream while it comes.
///
/// An event that brings nothing, such as a ping, a delta with a role alone or an empty one, is the empty set: it keeps
/// a connection alive and says nothing about the model behind it.
struct Progress: OptionSet, Sendable {
    let rawValue: UInt8

    /// The model went on, or the stream came to its end: text, reasoning, a refusal, a piece of a tool call, sound, a
    /// finish reason, usage, an error, `[DONE]`.
    static let event = Progress(rawValue: 1)
    /// Text of the answer itself, a refusal's included, reasoning not. Its first event is the time to first token.
    /// Never without `event`.
    static let text = Progress(rawValue: 2)
}

/// What the next attempt of a request sends beyond its body.
package struct Amendment: Sendable, Equatable {
    /// The limit of the answer's tokens, after one that was cut at the limit before.
    package var outputLimit: Int?
    /// Further messages, as JSON: an answer that failed the job's check, and what is wrong with it.
    package var turns: [UInt8]?

    package init(outputLimit: Int? = nil, turns: [UInt8]? = nil) {
        self.outputLimit = outputLimit
        self.turns = turns
    }
}

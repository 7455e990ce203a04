/// What an answer's text must be to count as `ok`, and how often it is asked for.
package struct Expectation: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// Any JSON document.
        case json
        /// A JSON document that a JSON Schema, given as JSON text, allows.
        case schema(String)
        /// A text in which the pattern, of RE2's syntax, is found.
        case regex(String)
        /// A JSON object that has these members, none of them null.
        case fields([String])
    }

    /// At least one; all must hold.
    package var kinds: [Kind]
    /// Answers asked for in all, the first included.
    package var attempts = 3
    /// Whether a further try shows the model its answer and what is wrong with it.
    package var correct = false

    package static let attemptsRange = 1...20
    package static let maximumSchema: ByteCount = .mebibytes(1)

    package init(_ kinds: [Kind]) {
        self.kinds = kinds
    }

    package init(_ kind: Kind) {
        self.init([kind])
    }
}

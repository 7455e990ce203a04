/// An endpoint to which nothing more is sent, and why.
package struct EndpointStop: Sendable, Equatable {
    package var endpoint: EndpointLabel
    package var cause: StopCause
    /// The provider's own.
    package var words: String

    package init(endpoint: EndpointLabel, cause: StopCause, words: String) {
        self.endpoint = endpoint
        self.cause = cause
        self.words = words
    }
}

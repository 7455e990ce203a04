/// What the end of an attempt tells of the endpoint that it was sent to.
package enum EndpointSign: Sendable, Equatable {
    /// It served the request, whatever the answer is worth.
    case answered
    /// It turned the request down for good, by a 4xx that says nothing of key or balance.
    case rejected(status: Int, code: String?, words: String)
    /// It asks for less, and so it lives.
    case throttled
    /// It could not serve: 5xx, a lost connection, a timeout, an answer cut short.
    case failed(words: String)
    /// No connection came about.
    case unreachable(words: String)
}

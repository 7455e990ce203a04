/// How long each phase of an attempt may take.
package struct Timeouts: Sendable, Equatable {
    /// Name look-up, connection and TLS.
    package var connect: Duration = .seconds(10)
    /// From the request's last byte to the answer's first.
    package var firstByte: Duration = .seconds(600)
    /// Silence in the middle of an answer.
    package var idle: Duration = .seconds(120)
    /// The attempt as a whole.
    package var total: Duration = .seconds(900)

    /// How long an endpoint is tried that cannot be reached and has not answered yet.
    package var unreachable: Duration = .seconds(30)

    package init() {}
}

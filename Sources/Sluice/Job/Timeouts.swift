/// How long each phase of an attempt may take.
package struct Timeouts: Sendable, Equatable {
    /// Name look-up, connection and TLS.
    package var connect: Duration = .seconds(10)
    /// From the request's last byte to the answer's first.
    package var firstByte: Duration = .seconds(600)
    /// Silence in the middle of an answer.
    package var idle: Duration = .seconds(120)
    /// In a streamed answer, the time without an event that carries anything, once one has: comments that keep the
    /// connection alive do not count. Until the first such event `firstByte` holds.
    package var stall: Duration = .seconds(300)
    /// The attempt as a whole.
    package var total: Duration = .seconds(900)

    /// How long an endpoint is tried that cannot be reached and has not answered yet.
    package var unreachable: Duration = .seconds(30)

    package init() {}
}

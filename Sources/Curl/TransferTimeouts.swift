/// How long the phases of a request may take. A phase at its limit fails the request with `.timeout`.
package struct TransferTimeouts: Equatable, Sendable {
    /// From the send to the moment that the request can be written: name lookup, TCP and TLS.
    package var connect: Duration
    /// From the first written byte to the final status line. Interim (1xx) answers do not end the wait.
    package var firstByte: Duration
    /// The longest silence once the answer has begun.
    package var idle: Duration
    /// The longest time without progress, by the sink's word, once there was some; until then `firstByte` holds. So
    /// an answer that is kept alive by comments is not waited for without end.
    package var stall: Duration
    /// Everything together.
    package var total: Duration

    package init(connect: Duration, firstByte: Duration, idle: Duration, stall: Duration, total: Duration) {
        self.connect = connect
        self.firstByte = firstByte
        self.idle = idle
        self.stall = stall
        self.total = total
    }
}

/// Carries one request to an endpoint and brings back what came of it.
package protocol Transport: Sendable {
    /// Sends `body` to the endpoint's `url` (a path such as `/v1/chat/completions`).
    ///
    /// - Parameter landed: is told what came of it: once, later, on the connection's executor. Not a task's return: at
    ///   tens of thousands of requests a second, or thousands in flight, a task for each is felt.
    func send(_ body: [UInt8], to url: String, _ landed: @escaping @Sendable (TransportReply) -> Void)

    /// Ends everything in flight, which is told as failures, and refuses what comes later, with all transports of the
    /// same connection.
    func giveUp()
}

/// What came of one request.
package struct TransportReply: Sendable {
    package var result: Result<HTTPAnswer, TransportFailure>
    /// From the start of the transfer to the answer's first byte.
    package var firstByte: Duration?
    /// Of a streamed answer: from the start of the transfer to its first text and to its last.
    package var firstText: Duration?
    package var lastText: Duration?

    package init(_ result: Result<HTTPAnswer, TransportFailure>, firstByte: Duration? = nil) {
        self.result = result
        self.firstByte = firstByte
    }
}

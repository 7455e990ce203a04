/// What an endpoint sent back: final status, last head, whole body with its content coding removed.
package struct HTTPAnswer: Sendable, Equatable {
    package var status: Int
    package var headers: HTTPHeaders
    package var body: [UInt8]
    /// A stream that was put together as it came; the body is then empty.
    package var stream: StreamedAnswer?

    package init(status: Int, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = [], stream: StreamedAnswer? = nil) {
        self.status = status
        self.headers = headers
        self.body = body
        self.stream = stream
    }
}

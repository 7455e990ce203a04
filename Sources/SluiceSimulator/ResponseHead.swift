import NIOHTTP1

/// Writes the status line and headers of an answer.
struct ResponseHead {
    enum Framing {
        case length(Int)
        case chunked
        /// For HTTP/1.0 clients: the body ends with the connection.
        case untilClose
    }

    var status = 200
    var contentType: StaticString = "application/json"
    /// Sent as `x-request-id`.
    var requestID: UInt64?
    var limits: RateLimiter?
    /// Nanoseconds.
    var retryAfter: Int64?
    var isGzipped = false
    var closes = false

    func append(framing: Framing, to bytes: inout [UInt8]) {
        if status == 200 {
            bytes.append(literal: "HTTP/1.1 200 OK\r\ncontent-type: ")
        } else {
            let reason = HTTPResponseStatus(statusCode: status).reasonPhrase
            bytes.append(text: "HTTP/1.1 \(status) \(reason)\r\ncontent-type: ")
        }
        bytes.append(literal: contentType)
        if let requestID {
            bytes.append(literal: "\r\nx-request-id: req_")
            bytes.append(hexadecimal: requestID)
        }
        bytes.append(literal: "\r\n")
        limits?.appendHeaders(to: &bytes)
        if let retryAfter {
            RateLimiter.appendRetryAfter(nanoseconds: retryAfter, to: &bytes)
        }
        if isGzipped { bytes.append(literal: "content-encoding: gzip\r\n") }
        if closes { bytes.append(literal: "connection: close\r\n") }
        switch framing {
        case .length(let length):
            bytes.append(literal: "content-length: ")
            bytes.append(decimal: length)
            bytes.append(literal: "\r\n\r\n")
        case .chunked:
            bytes.append(literal: "transfer-encoding: chunked\r\n\r\n")
        case .untilClose:
            bytes.append(literal: "\r\n")
        }
    }
}

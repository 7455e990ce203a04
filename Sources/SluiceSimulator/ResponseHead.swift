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
    /// Sent under the names that the endpoint has for it.
    var requestID: UInt64?
    var limits: RateLimiter?
    /// Nanoseconds.
    var retryAfter: Int64?
    var isGzipped = false
    var closes = false
    /// In USD, where the endpoint tells it.
    var cost: String?

    func append(_ shape: HeadShape, framing: Framing, to bytes: inout [UInt8]) {
        if status == 200 {
            bytes.append(literal: "HTTP/1.1 200 OK\r\ncontent-type: ")
        } else {
            let reason = HTTPResponseStatus(statusCode: status).reasonPhrase
            bytes.append(text: "HTTP/1.1 \(status) \(reason)\r\ncontent-type: ")
        }
        bytes.append(literal: contentType)
        bytes.append(literal: "\r\n")
        if let requestID {
            Self.append(shape.requestID, requestID, to: &bytes)
            Self.append(shape.secondRequestID, requestID, to: &bytes)
        }
        bytes.append(literal: shape.lines)
        limits?.appendHeaders(shape.limits, to: &bytes)
        if let retryAfter {
            RateLimiter.appendRetryAfter(shape.retryAfter, nanoseconds: retryAfter, to: &bytes)
        }
        if let cost, shape.tellsCost { bytes.append(text: "x-litellm-response-cost: \(cost)\r\n") }
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

    private static func append(_ line: StaticString, _ requestID: UInt64, to bytes: inout [UInt8]) {
        guard line.utf8CodeUnitCount > 0 else { return }
        bytes.append(literal: line)
        bytes.append(hexadecimal: requestID)
        bytes.append(literal: "\r\n")
    }
}

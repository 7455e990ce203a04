/// An answer that a test dictates, instead of the one that the simulator would give.
///
/// It counts as answered when its status is 200 and its ending is `keepOpen` or `close`.
package struct ScriptedReply: Sendable {
    package enum Ending: Sendable {
        case keepOpen, close
        /// TCP RST behind the bytes.
        case reset
        /// Nothing after the bytes; the connection stays open.
        case stall
    }

    package var status: Int
    package var headers: [RequestRecorder.Header]
    package var body: [UInt8]
    /// Sent one behind the other instead of the body, each in a write of its own; closing cuts the body off behind them.
    package var chunks: [[UInt8]]?
    /// Between two chunks; at least a millisecond.
    package var chunkGap = Duration.milliseconds(1)
    /// What `Content-Length` says; nil for the body's own.
    package var promisedLength: Int?
    package var delay: Duration
    package var ending: Ending

    package init(
        status: Int = 200, headers: [RequestRecorder.Header] = [.init(name: "Content-Type", value: "application/json")],
        body: String, promisedLength: Int? = nil, delay: Duration = .zero, ending: Ending = .keepOpen
    ) {
        self.status = status
        self.headers = headers
        self.body = Array(body.utf8)
        self.promisedLength = promisedLength
        self.delay = delay
        self.ending = ending
    }

    /// No answer at all, only an ending.
    package static func nothing(_ ending: Ending) -> ScriptedReply {
        ScriptedReply(status: 0, headers: [], body: "", ending: ending)
    }

    var answers: Bool {
        switch ending {
        case .keepOpen, .close: status == 200
        case .reset, .stall: false
        }
    }

    /// Status line, headers and body, or the chunks; empty for `nothing`. A length or the framing in chunks is added
    /// unless the headers state one of them.
    func move(to reply: inout Reply) {
        guard status > 0 else { return }
        var head = Array("HTTP/1.1 \(status) Scripted\r\n".utf8)
        for header in headers { head.append(text: "\(header.name): \(header.value)\r\n") }
        let encoding = self.header("transfer-encoding")
        let isFramed = encoding != nil || self.header("content-length") != nil
        let isChunked = encoding?.lowercased() == "chunked" || (!isFramed && chunks != nil)
        if !isFramed {
            let length = promisedLength ?? body.count
            head.append(text: isChunked ? "Transfer-Encoding: chunked\r\n" : "Content-Length: \(length)\r\n")
        }
        head.append(literal: "\r\n")
        var parts = StreamParts(isChunked: isChunked)
        parts.add(head: head)
        let gap = max(chunkGap.nanoseconds, 1_000_000)
        for (index, chunk) in (chunks ?? [body]).enumerated() where !isChunked || !chunk.isEmpty {
            parts.add(chunk, after: index == 0 ? 0 : gap)
        }
        if case .keepOpen = ending { parts.end() }
        parts.move(to: &reply)
    }

    private func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name }?.value
    }
}

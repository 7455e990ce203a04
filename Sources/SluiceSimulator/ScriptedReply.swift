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

    /// Status line, headers and body; empty for `nothing`.
    var bytes: [UInt8] {
        guard status > 0 else { return [] }
        var bytes = Array("HTTP/1.1 \(status) Scripted\r\n".utf8)
        for header in headers { bytes.append(text: "\(header.name): \(header.value)\r\n") }
        bytes.append(text: "Content-Length: \(promisedLength ?? body.count)\r\n\r\n")
        return bytes + body
    }
}

import NIOCore
import NIOHTTP1

/// Requests that were let in.
extension Worker {
    /// The answer to a request that was let in, or the fault that it meets.
    func serve(
        _ request: HTTPRequestHead, _ asked: ChatRequest, _ completion: Completion, _ ticket: EndpointState.Ticket,
        limits: RateLimiter?
    ) -> Reply {
        var completion = completion
        var random = RepeatableRandom(
            seed: configuration.seed, body: ticket.body, attempt: ticket.attempt, purpose: 2)
        completion.identifier = random.next()
        var head = ResponseHead(requestID: random.next(), limits: limits, closes: !request.isKeepAlive)
        var reply: Reply
        if let failure = failure(ticket.fault, head: head) {
            reply = failure
        } else if asked.streams {
            reply = stream(request, completion, asked, fault: ticket.fault, head: &head)
        } else {
            reply = whole(request, completion, fault: ticket.fault, head: &head)
        }
        reply.account?.ticket = ticket
        reply.account?.promptTokens = completion.promptTokens
        reply.account?.completionTokens = completion.completionTokens
        reply.delay = configuration.latency.nanoseconds(from: &random)
        return reply
    }

    /// The answer that a test dictates.
    func follow(_ scripted: ScriptedReply, _ ticket: EndpointState.Ticket) -> Reply {
        var ticket = ticket
        if !scripted.answers {
            ticket = ledger.change { state in
                var ticket = ticket
                state.withdraw(&ticket)
                return ticket
            }
        }
        let status = scripted.status > 0 ? scripted.status : nil
        var reply = Reply(delay: scripted.delay.nanoseconds, account: .init(ticket: ticket, status: status))
        if status != nil { reply.first = ByteBuffer(bytes: scripted.bytes) }
        reply.ending =
            switch scripted.ending {
            case .keepOpen: .keepOpen
            case .close: .close
            case .reset: .reset
            case .stall: .stall
            }
        return reply
    }

    /// The reply of a fault that has nothing of an answer; nil for the others.
    private func failure(_ fault: Fault?, head: ResponseHead) -> Reply? {
        var head = head
        switch fault {
        case .status(let code):
            head.status = code
            if code == 429 || code == 503 { head.retryAfter = configuration.faultRetryAfter?.nanoseconds }
            return message(head, ErrorBody(status: code).json)
        case .html502:
            head.status = 502
            head.contentType = "text/html"
            return message(head, Self.badGatewayPage)
        case .reset: return Reply(ending: .reset, account: .init())
        case .closed: return Reply(ending: .close, account: .init())
        case .stall: return Reply(ending: .stall, account: .init())
        default: return nil
        }
    }

    private func whole(
        _ request: HTTPRequestHead, _ completion: Completion, fault: Fault?, head: inout ResponseHead
    ) -> Reply {
        if fault == .error200 { return message(head, ErrorBody(status: 500).json) }
        body.removeAll(keepingCapacity: true)
        completion.appendJSON(fault: fault, to: &body)
        if configuration.gzip, request.acceptsGzip {
            head.isGzipped = true
            body = StoredGzip.wrap(body)
        }
        switch fault {
        case .truncated:
            return message(head, Array(body[..<(body.count / 2)]))
        case .cut:
            var reply = message(head, body, sending: body.count / 2)
            reply.ending = .close
            return reply
        default:
            return message(head, body)
        }
    }

    private func stream(
        _ request: HTTPRequestHead, _ completion: Completion, _ asked: ChatRequest, fault: Fault?,
        head: inout ResponseHead
    ) -> Reply {
        let isChunked = request.version == .http1_1
        head.contentType = "text/event-stream"
        head.closes = head.closes || !isChunked
        var parts: [[UInt8]] = [[]]
        head.append(framing: isChunked ? .chunked : .untilClose, to: &parts[0])
        let events = completion.events(
            pieces: configuration.chunks, includesUsage: asked.includesUsage, fault: fault)
        for (index, event) in events.enumerated() {
            var part: [UInt8] = []
            if isChunked {
                part.append(text: String(event.count, radix: 16))
                part.append(literal: "\r\n")
                part.append(contentsOf: event)
                part.append(literal: "\r\n")
            } else {
                part = event
            }
            if index == 0 { parts[0] += part } else { parts.append(part) }
        }
        var reply = Reply(account: .init(status: 200))
        if isChunked && fault != .cut { parts[parts.count - 1] += Array("0\r\n\r\n".utf8) }
        if fault == .cut || !isChunked { reply.ending = .close }
        reply.interval = configuration.chunkInterval.nanoseconds
        if reply.interval == 0 {
            reply.first = ByteBuffer(bytes: parts.joined())
        } else {
            reply.first = ByteBuffer(bytes: parts[0])
            reply.rest = parts.dropFirst().map { ByteBuffer(bytes: $0) }
        }
        return reply
    }

    private static let badGatewayPage = Array(
        "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body>\r\n</html>\r\n"
            .utf8)
}

extension HTTPRequestHead {
    fileprivate var acceptsGzip: Bool {
        headers[canonicalForm: "accept-encoding"].contains { $0.hasPrefix("gzip") && !$0.hasSuffix("q=0") }
    }
}

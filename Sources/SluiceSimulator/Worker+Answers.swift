import NIOCore
import NIOHTTP1

/// Requests that were let in.
extension Worker {
    /// The answer to a request that was let in, or the fault that it meets.
    func serve(
        _ request: HTTPRequestHead, _ asked: ModelRequest, _ answer: ModelAnswer, _ ticket: EndpointState.Ticket,
        limits: RateLimiter?
    ) -> Reply {
        var answer = answer
        var random = RepeatableRandom(
            seed: configuration.seed, body: ticket.body, attempt: ticket.attempt, purpose: 2)
        answer.identifier = random.next()
        var head = ResponseHead(requestID: random.next(), limits: limits, closes: !request.isKeepAlive)
        if imitation.heads.tellsCost { head.cost = answer.cost }
        var delay = configuration.latency.nanoseconds(from: &random)
        if configuration.capacity != nil {
            let (service, now) = (delay, NIODeadline.now().uptimeNanoseconds)
            delay = ledger.change { $0.turn(of: service, now: now) }
        }
        var reply: Reply
        if let failure = failure(ticket.fault, asked, request, head: head) {
            reply = failure
            reply.delay = delay
        } else if asked.streams, answer.canStream {
            reply = stream(request, answer, asked, fault: ticket.fault, delay: delay, head: head)
        } else {
            reply = whole(request, answer, fault: ticket.fault, delay: delay, head: head)
        }
        reply.account?.ticket = ticket
        reply.account?.promptTokens = answer.promptTokens
        reply.account?.completionTokens = answer.completionTokens
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
        scripted.move(to: &reply)
        reply.delay = scripted.delay.nanoseconds
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
    private func failure(
        _ fault: Fault?, _ asked: ModelRequest, _ request: HTTPRequestHead, head: ResponseHead
    ) -> Reply? {
        var head = head
        switch fault {
        case .status(let code):
            head.status = code
            var error = ErrorBody(status: code)
            if code == 429 || code == 503 { head.retryAfter = configuration.faultRetryAfter?.nanoseconds }
            error.retryAfter = head.retryAfter
            return message(head, error.json(imitation.errors.form, status: code))
        case .html502:
            head.status = 502
            head.contentType = "text/html"
            return message(head, Self.badGatewayPage)
        case .reset: return Reply(ending: .reset, account: .init())
        case .closed: return Reply(ending: .close, account: .init())
        case .stall: return Reply(ending: .stall, account: .init())
        case .stallAlive: return pulse(request, streams: asked.streams, head: head)
        default: return nil
        }
    }

    private func whole(
        _ request: HTTPRequestHead, _ answer: ModelAnswer, fault: Fault?, delay: Int64, head: ResponseHead
    ) -> Reply {
        var head = head
        if fault == .error200 {
            var reply = message(head, ErrorBody(status: 500).json(imitation.errors.form, status: 500))
            reply.delay = delay
            return reply
        }
        let blankLines = imitation.delivery.blankLines
        body.removeAll(keepingCapacity: true)
        for _ in 0..<blankLines { body.append(0x0A) }
        answer.appendJSON(imitation.answers, fault: fault, to: &body)
        if configuration.gzip, request.acceptsGzip {
            head.isGzipped = true
            body = StoredGzip.wrap(body)
        }
        var reply: Reply
        switch fault {
        case .truncated:
            reply = message(head, Array(body[..<(body.count / 2)]))
        case .cut:
            reply = message(head, body, sending: body.count / 2)
            reply.ending = .close
        case .stallHalf:
            reply = message(head, body, sending: body.count / 2)
            reply.ending = .stall
        default:
            reply = message(head, body)
        }
        if blankLines > 0, !head.isGzipped, let whole = reply.first {
            reply.spread(whole, earlyBytes: whole.readableBytes - body.count, count: blankLines, over: delay)
        } else {
            reply.delay = delay
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

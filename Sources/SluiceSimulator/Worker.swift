import JSON
import NIOCore
import NIOHTTP1

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Turns requests into replies on one event loop.
///
/// It belongs to that loop's thread: its parser and its scratch memory are used by all the loop's connections in turn.
final class Worker {
    let configuration: SimulatorConfiguration
    let imitation: Imitation
    let ledger: Ledger
    let pacer: Pacer
    private let reader: RequestReader
    private let gate: Gate
    private var prompt: [UInt8] = []
    private var head: [UInt8] = []
    /// Scratch memory for an answer's JSON.
    var body: [UInt8] = []

    init(configuration: SimulatorConfiguration, ledger: Ledger, pacer: Pacer) {
        self.configuration = configuration
        imitation = configuration.imitation
        self.ledger = ledger
        self.pacer = pacer
        reader = RequestReader(
            rules: configuration.imitation.rules, marksStart: configuration.answer.invalidFirst > 0)
        gate = Gate(configuration.imitation, key: configuration.key)
    }

    /// The reply to a complete request.
    func reply(to request: HTTPRequestHead, body: ByteBuffer?) -> Reply {
        var reply = route(request, body: body)
        if !request.isKeepAlive && reply.ending == .keepOpen { reply.ending = .close }
        return reply
    }

    private func route(_ request: HTTPRequestHead, body: ByteBuffer?) -> Reply {
        let path = request.uri.utf8.prefix { $0 != UInt8(ascii: "?") }
        let isPost = request.method == .POST
        let isGet = request.method == .GET
        let operation = Operation(path: path)
        if operation == nil, let told = tell(path, request) { return told }
        configuration.recorder?.record(RequestRecorder.Request(request, body ?? ByteBuffer()))
        if let operation {
            return isPost ? answer(request, operation, body: body ?? ByteBuffer()) : plain(request, status: 405)
        }
        if path.ends(with: "/models") {
            return isGet ? plain(request, status: 200, models) : plain(request, status: 405)
        }
        return plain(request, status: 404)
    }

    /// What the simulator tells of itself; nil for other paths.
    private func tell(_ path: Substring.UTF8View, _ request: HTTPRequestHead) -> Reply? {
        let isGet = request.method == .GET
        if path.elementsEqual("/stats".utf8) {
            return isGet ? plain(request, status: 200, ledger.statistics.json) : plain(request, status: 405)
        }
        if let recorder = configuration.recorder, path.elementsEqual("/requests".utf8) {
            return isGet ? plain(request, status: 200, recorder.json) : plain(request, status: 405)
        }
        let forgets: () -> Void
        if path.elementsEqual("/stats/reset".utf8) {
            forgets = { self.ledger.change { $0.reset() } }
        } else if let recorder = configuration.recorder, path.elementsEqual("/requests/reset".utf8) {
            forgets = { recorder.reset() }
        } else {
            return nil
        }
        guard request.method == .POST else { return plain(request, status: 405) }
        forgets()
        return plain(request, status: 200, Array("{}\n".utf8))
    }

    // MARK: Answers of a model

    private func answer(_ request: HTTPRequestHead, _ operation: Operation, body: ByteBuffer) -> Reply {
        let time = Self.time()
        let hash = StableHash(of: request, body).value
        ledger.change { $0.receive(bytes: body.readableBytes, time: time) }
        let deployment: String?
        switch gate.check(request, operation) {
        case .pass(let named): deployment = named
        case .refuse(let status, let error): return refuse(request, hash: hash, status: status, error)
        }
        let asked: ModelRequest
        do {
            asked = try body.withUnsafeReadableBytes { bytes in
                Result { try reader.read(bytes, operation: operation, deployment: deployment, prompt: &prompt) }
            }.get()
        } catch {
            let problem = error as? RequestProblem ?? .notJSON
            let isInvalid = problem.code == "invalid_type"
            return refuse(
                request, hash: hash, status: isInvalid ? imitation.rules.invalidStatus : problem.status,
                ErrorBody(problem))
        }
        let round = configuration.answer.invalidFirst > 0 ? ledger.change { $0.round(of: asked.start) } : 0
        let answer = ModelAnswer(
            request: asked, prompt: prompt, answer: configuration.answer, round: round, identifier: hash,
            created: Int(time))
        let now = NIODeadline.now().uptimeNanoseconds
        let charge = answer.charge(maximumTokens: asked.maximumTokens)
        let (verdict, limits) = ledger.change { state in
            (state.admit(body: hash, start: asked.start, charge: charge, now: now), state.limits)
        }
        switch verdict {
        case .refuse(let refusal):
            return refuse(request, hash: hash, refusal, limits: limits)
        case .serve(let ticket):
            if let script = configuration.script,
                let scripted = script(RequestRecorder.Request(request, body), Int(ticket.attempt))
            {
                return follow(scripted, ticket)
            }
            if !configuration.fixtures.isEmpty,
                let fixture = configuration.fixtures[String(decoding: prompt, as: UTF8.self)]
            {
                return follow(fixture, ticket)
            }
            return serve(request, asked, answer, ticket, limits: limits)
        }
    }

    // MARK: Refusals and plain answers

    private func refuse(
        _ request: HTTPRequestHead, hash: UInt64, status: Int, _ error: ErrorBody, limits: RateLimiter? = nil,
        retryAfter: Int64? = nil
    ) -> Reply {
        var head = ResponseHead(status: status, requestID: hash, limits: limits, closes: !request.isKeepAlive)
        var error = error
        head.retryAfter = retryAfter
        error.retryAfter = retryAfter
        return message(head, error.json(imitation.errors.form, status: status))
    }

    private func refuse(
        _ request: HTTPRequestHead, hash: UInt64, _ refusal: EndpointState.Refusal, limits: RateLimiter?
    ) -> Reply {
        switch refusal {
        case .quota:
            refuse(
                request, hash: hash, status: imitation.errors.quotaStatus, .quota(imitation.errors.quotaMessage),
                limits: limits)
        case .status(let status):
            refuse(request, hash: hash, status: status, ErrorBody(status: status), limits: limits)
        case .overloaded:
            refuse(
                request, hash: hash, status: configuration.overloadStatus ?? imitation.errors.overloadStatus,
                .overloaded, limits: limits)
        case .limited(let kind, let wait):
            refuse(request, hash: hash, status: 429, .limited(kind), limits: limits, retryAfter: wait)
        case .tooLarge:
            refuse(
                request, hash: hash, status: imitation.errors.tooLargeStatus, .tooManyTokens, limits: limits)
        }
    }

    /// The answer to a body that is larger than allowed; closes the connection.
    func replyTooLarge() -> Reply {
        ledger.change { $0.receive(bytes: 0, time: Self.time()) }
        var reply = message(ResponseHead(status: 413, closes: true), error(413))
        reply.ending = .close
        return reply
    }

    /// The answer to bytes that are not HTTP; closes the connection.
    func replyMalformed() -> Reply {
        var reply = message(ResponseHead(status: 400, closes: true), error(400))
        reply.ending = .close
        reply.account = nil
        return reply
    }

    private func error(_ status: Int) -> [UInt8] {
        ErrorBody(status: status).json(imitation.errors.form, status: status)
    }

    private func plain(_ request: HTTPRequestHead, status: Int, _ body: [UInt8]? = nil) -> Reply {
        let head = ResponseHead(status: status, closes: !request.isKeepAlive || request.method == .HEAD)
        let body = body ?? error(status)
        var reply = message(head, body, sending: request.method == .HEAD ? 0 : nil)
        if head.closes { reply.ending = .close }
        reply.account = nil
        return reply
    }

    /// Head and body in one buffer; `sending` fewer bytes of the body than promised where a fault wants it.
    func message(_ responseHead: ResponseHead, _ body: [UInt8], sending: Int? = nil) -> Reply {
        head.removeAll(keepingCapacity: true)
        responseHead.append(imitation.heads, framing: .length(body.count), to: &head)
        let sent = sending ?? body.count
        var buffer = ByteBufferAllocator().buffer(capacity: head.count + sent)
        buffer.writeBytes(head)
        buffer.writeBytes(body[..<sent])
        return Reply(first: buffer, account: .init(status: responseHead.status))
    }

    private var models: [UInt8] {
        var bytes = Array("{\"object\":\"list\",\"data\":[".utf8)
        for (index, model) in configuration.models.enumerated() {
            if index > 0 { bytes.append(0x2C) }
            bytes.append(literal: "{\"id\":")
            JSONText.appendString(model, to: &bytes)
            bytes.append(literal: ",\"object\":\"model\",\"created\":0,\"owned_by\":\"sluice-simulator\"}")
        }
        bytes.append(literal: "]}\n")
        return bytes
    }

    /// Seconds since 1970.
    private static func time() -> Double {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }
}

extension StableHash {
    fileprivate init(of request: HTTPRequestHead, _ body: ByteBuffer) {
        self.init()
        var target = request.uri
        target.withUTF8 { combine(UnsafeRawBufferPointer($0)) }
        body.withUnsafeReadableBytes { combine($0) }
    }
}

extension RequestRecorder.Request {
    fileprivate init(_ request: HTTPRequestHead, _ body: ByteBuffer) {
        self.init(
            method: request.method.rawValue, target: request.uri,
            headers: request.headers.map { RequestRecorder.Header(name: $0.name, value: $0.value) },
            body: Array(body.readableBytesView))
    }
}

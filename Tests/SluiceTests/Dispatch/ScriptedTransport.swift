import JSON
import Synchronization

@testable import Sluice

/// A transport that answers as a script says, by the request's prompt and how often it came.
final class ScriptedTransport: Transport {
    enum Reply: Sendable {
        case answer(String)
        case status(Int, retryAfter: Int? = nil)
        case json(Int, String)
        /// A stream of these bytes, and then the connection is lost.
        case brokenStream(String)
        /// No connection came about.
        case unreachable
        /// No answer ever comes.
        case never
    }

    private struct State {
        var times: [String: Int] = [:]
        var bodies: [String: [String]] = [:]
        var requests = 0
        var inFlight = 0
        var mostAtOnce = 0
    }

    private let state = Mutex(State())
    private let script: Mutex<@Sendable (String, Int) -> Reply>
    private let afterEach: Mutex<@Sendable (Int) async -> Void>
    private let executor = Mutex<(any TaskExecutor)?>(nil)
    private let tasks = Mutex<(running: [Task<Void, Never>], areGivenUp: Bool)>(([], false))

    init() {
        script = Mutex { _, _ in .never }
        afterEach = Mutex { _ in }
    }

    var requests: Int { state.withLock { $0.requests } }
    /// What was sent for a prompt, one for each time.
    func bodies(of prompt: String) -> [String] { state.withLock { $0.bodies[prompt] ?? [] } }
    var mostAtOnce: Int { state.withLock { $0.mostAtOnce } }

    /// - Parameter executor: the dispatcher's.
    func play(
        on executor: any TaskExecutor, _ script: @escaping @Sendable (String, Int) -> Reply,
        afterEach: @escaping @Sendable (Int) async -> Void
    ) {
        self.executor.withLock { $0 = executor }
        tasks.withLock { $0 = ([], false) }
        self.script.withLock { $0 = script }
        self.afterEach.withLock { $0 = afterEach }
    }

    func send(_ body: [UInt8], to url: String, _ landed: @escaping @Sendable (TransportReply) -> Void) {
        let task = Task(executorPreference: executor.withLock { $0 }) { landed(await self.answer(body)) }
        tasks.withLock { tasks in
            if tasks.areGivenUp { task.cancel() } else { tasks.running.append(task) }
        }
    }

    func giveUp() {
        tasks.withLock { tasks in
            tasks.areGivenUp = true
            for task in tasks.running { task.cancel() }
        }
    }

    private func answer(_ body: [UInt8]) async -> TransportReply {
        let name = Self.prompt(body)
        let (time, count) = state.withLock { state in
            state.requests += 1
            state.inFlight += 1
            state.mostAtOnce = max(state.mostAtOnce, state.inFlight)
            state.times[name, default: 0] += 1
            state.bodies[name, default: []].append(String(decoding: body, as: UTF8.self))
            return (state.times[name, default: 0], state.requests)
        }
        defer { state.withLock { $0.inFlight -= 1 } }
        await Task.yield()
        let reply = script.withLock { $0 }(name, time)
        let afterEach = afterEach.withLock { $0 }
        await afterEach(count)
        return await Self.reply(reply)
    }

    private static func reply(_ reply: Reply) async -> TransportReply {
        switch reply {
        case .answer(let text):
            let body =
                #"{"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"\#(text)"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}"#
            return TransportReply(.success(HTTPAnswer(status: 200, body: Array(body.utf8))))
        case .status(let status, let retryAfter):
            let headers = retryAfter.map { HTTPHeaders(["Retry-After": "\($0)"]) } ?? HTTPHeaders()
            return TransportReply(.success(HTTPAnswer(status: status, headers: headers)))
        case .json(let status, let body):
            return TransportReply(.success(HTTPAnswer(status: status, body: Array(body.utf8))))
        case .brokenStream(let events):
            let partial = HTTPAnswer(
                status: 200, stream: StreamedAnswer(Array(events.utf8), parser: JSONParser()))
            return TransportReply(
                .failure(TransportFailure(kind: .reset, message: "reset", sentBytes: true, partial: partial)))
        case .unreachable:
            return TransportReply(.failure(TransportFailure(kind: .connect, message: "no route", sentBytes: false)))
        case .never:
            let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
            for await _ in stream {}
            withExtendedLifetime(continuation) {}
            return TransportReply(.failure(TransportFailure(kind: .cancelled, message: "given up", sentBytes: true)))
        }
    }

    /// The test's prompts are the requests' names.
    private static func prompt(_ body: [UInt8]) -> String {
        let text = String(decoding: body, as: UTF8.self)
        guard let start = text.range(of: #""content":""#)?.upperBound, let end = text[start...].firstIndex(of: "\"")
        else { return "" }
        return String(text[start..<end])
    }
}

extension String {
    /// The first place where `part` stands.
    fileprivate func range(of part: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(part) { return start..<index(start, offsetBy: part.count) }
            start = index(after: start)
        }
        return nil
    }
}

import Curl
import TestServer
import Testing

@Suite("Cancellation and shutdown", .timeLimit(.minutes(1)))
struct CancellationTests {
    @Test("Given up before the send: nothing leaves", arguments: [false, true])
    func before(onLoop: Bool) async throws {
        try await withLoop { loop, server in
            let sender = LoopActor(loop)
            let profile = try profile(server.url)
            loop.giveUp()
            let failure = try failure(
                onLoop ? await sender.send([1], profile) : await loop.send([1], profile))
            #expect(failure.kind == .cancelled)
            #expect(!failure.sentBytes)
            #expect(server.connections == 0)
        }
    }

    @Test("Given up on its way: the connection is closed", arguments: [false, true])
    func after(onLoop: Bool) async throws {
        let received = Gate()
        let closed = Gate()
        let script: @Sendable (Peer) -> Void = { peer in
            peer.readRequest()
            received.open()
            peer.waitForClose()
            closed.open()
        }
        try await withLoop(script: script) { loop, server in
            let sender = LoopActor(loop)
            let profile = try profile(server.url)
            let task = Task { onLoop ? await sender.send([1], profile) : await loop.send([1], profile) }
            await received.opened()
            if onLoop { await sender.giveUp() } else { loop.giveUp() }
            let failure = try failure(await task.value)
            #expect(failure.kind == .cancelled)
            #expect(failure.sentBytes)
            await closed.opened()
        }
    }

    @Test("Many given up at once are each told so once")
    func many() async throws {
        let arrived = (0..<60).map { _ in Gate() }
        let script: @Sendable (Peer) -> Void = { peer in
            peer.readRequest()
            arrived[peer.number].open()
            peer.waitForClose()
        }
        try await withLoop(script: script) { loop, server in
            let profile = try profile(server.url)
            let tasks = (0..<60).map { _ in Task { await loop.send([1], profile) } }
            for gate in arrived { await gate.opened() }
            loop.giveUp()
            for task in tasks { try #expect(failure(await task.value).kind == .cancelled) }
        }
    }

    @Test("A sender that is refused is told so after it has sent, not while it does")
    func refusedLater() async throws {
        try await withLoop { loop, server in
            let sender = LoopActor(loop)
            let profile = try profile(server.url)
            loop.giveUp()
            #expect(await sender.isToldWhileSending([1], profile) == false)
        }
    }

    @Test("Who is told may send again at once")
    func again() async throws {
        let script = answering { "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\(bodyText($0))" }
        try await withLoop(script: script) { loop, server in
            let profile = try profile(server.url)
            let texts = Recorded<String>()
            await withUnsafeContinuation { (done: UnsafeContinuation<Void, Never>) in
                Relay(loop, profile, texts) { done.resume() }.send(0)
            }
            #expect(texts.all == (0..<10).map(String.init))
        }
    }

    @Test("Shutdown ends what is in flight, and refuses what comes after")
    func shutdown() async throws {
        let gates = (0..<3).map { _ in Gate() }
        let script: @Sendable (Peer) -> Void = { peer in
            peer.readRequest()
            gates[peer.number].open()
            peer.waitForClose()
        }
        try await withLoop(script: script) { loop, server in
            let profile = try profile(server.url)
            let tasks = (0..<3).map { _ in Task { await loop.send([1], profile) } }
            for gate in gates { await gate.opened() }
            loop.shutdown()
            for task in tasks {
                let failure = try failure(await task.value)
                #expect(failure.kind == .cancelled)
                #expect(failure.sentBytes)
            }
            let late = try failure(await loop.send([1], profile))
            #expect(late.kind == .cancelled)
            #expect(!late.sentBytes)
            loop.shutdown()
        }
    }

    @Test("Jobs that come after the shutdown run, one at a time")
    func lateJobs() async throws {
        try await withLoop { loop, server in
            let actor = LoopActor(loop)
            loop.shutdown()
            await withDiscardingTaskGroup { group in
                for _ in 0..<100 { group.addTask { await actor.count() } }
            }
            #expect(await actor.counted == 100)
            #expect(await actor.alwaysOnLoop)
            try #expect(failure(await actor.send([1], profile(server.url))).kind == .cancelled)
        }
    }

    @Test("A shutdown from the loop's own thread does not wait for itself")
    func shutdownFromInside() async throws {
        try await withLoop { loop, _ in
            let actor = LoopActor(loop)
            await actor.shutdown()
            #expect(await actor.alwaysOnLoop)
        }
    }
}

/// Sends the next request from within the call that tells of the one before.
private struct Relay: Sendable {
    let loop: TransferLoop
    let profile: TransferProfile
    let texts: Recorded<String>
    let done: @Sendable () -> Void

    init(
        _ loop: TransferLoop, _ profile: TransferProfile, _ texts: Recorded<String>,
        done: @escaping @Sendable () -> Void
    ) {
        self.loop = loop
        self.profile = profile
        self.texts = texts
        self.done = done
    }

    func send(_ number: Int) {
        guard number < 10 else { return done() }
        loop.send(Array("\(number)".utf8), profile) { result in
            texts.note((try? result.get().body.text) ?? "failed")
            send(number + 1)
        }
    }
}

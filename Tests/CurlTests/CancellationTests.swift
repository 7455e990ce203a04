import Curl
import Testing

@Suite("Cancellation and shutdown", .timeLimit(.minutes(1)))
struct CancellationTests {
    @Test("Cancelled before the send: nothing leaves", arguments: [false, true])
    func before(onLoop: Bool) async throws {
        try await withLoop { loop, server in
            let sender = LoopActor(loop)
            let profile = try profile(server.url)
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return onLoop ? await sender.send([1], profile) : await loop.send([1], profile)
            }
            let failure = try failure(await task.value)
            #expect(failure.kind == .cancelled)
            #expect(!failure.sentBytes)
            #expect(server.connections == 0)
        }
    }

    @Test("Cancelled on its way: the connection is closed", arguments: [false, true])
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
            task.cancel()
            let failure = try failure(await task.value)
            #expect(failure.kind == .cancelled)
            #expect(failure.sentBytes)
            await closed.opened()
        }
    }

    @Test("Many cancelled while others go on")
    func some() async throws {
        let script: @Sendable (Peer) -> Void = { peer in
            while let request = peer.readRequest() {
                if bodyText(request) == "stay" { peer.answer("stayed") }
            }
        }
        try await withLoop(script: script) { loop, server in
            let profile = try profile(server.url)
            let tasks = (0..<60).map { number in
                Task { await loop.send(Array((number.isMultiple(of: 3) ? "stay" : "go").utf8), profile) }
            }
            for (number, task) in tasks.enumerated() where !number.isMultiple(of: 3) { task.cancel() }
            for (number, task) in tasks.enumerated() {
                if number.isMultiple(of: 3) {
                    #expect(try await task.value.get().body.text == "stayed")
                } else {
                    try #expect(failure(await task.value).kind == .cancelled)
                }
            }
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

import Curl
import Testing

@Suite("Timeouts, by a clock moved by hand", .timeLimit(.minutes(1)))
struct TimeoutTests {
    let clock = HandClock()

    @Test("No connection in time: nothing was sent")
    func connect() async throws {
        let greeted = Gate()
        let script: @Sendable (Peer) -> Void = { peer in
            peer.readMore()  // the TLS greeting, left unanswered
            greeted.open()
            peer.waitForClose()
        }
        try await withLoop(clock: clock.read, script: script) { loop, server in
            let task = Task { await loop.send([1], try profile("https://127.0.0.1:\(server.port)/")) }
            await greeted.opened()
            clock.advance(by: .seconds(10))
            loop.wake()
            let failure = try failure(await task.value)
            #expect(failure.kind == .timeout(.connect))
            #expect(!failure.sentBytes)
        }
    }

    @Test("No answer in time, interim answers notwithstanding", arguments: ["", "HTTP/1.1 102 Processing\r\n\r\n"])
    func firstByte(interim: String) async throws {
        let received = Gate()
        let closed = Gate()
        let script: @Sendable (Peer) -> Void = { peer in
            peer.readRequest()
            peer.write(interim)
            received.open()
            peer.waitForClose()
            closed.open()
        }
        try await withLoop(clock: clock.read, script: script) { loop, server in
            let task = Task { await loop.send([1], try profile(server.url)) }
            await received.opened()
            clock.advance(by: .seconds(600))
            loop.wake()
            let failure = try failure(await task.value)
            #expect(failure.kind == .timeout(.firstByte))
            #expect(failure.sentBytes)
            await closed.opened()
        }
    }

    @Test("An answer that stands still")
    func idle() async throws {
        let script: @Sendable (Peer) -> Void = { peer in
            peer.readRequest()
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
            peer.waitForClose()
        }
        try await withLoop(clock: clock.read, script: script) { loop, server in
            let streaming = Gate()
            let task = Task { await loop.send([1], try profile(server.url)) { _ in streaming.open() } }
            await streaming.opened()
            clock.advance(by: .seconds(120))
            loop.wake()
            let failure = try failure(await task.value)
            #expect(failure.kind == .timeout(.idle))
            #expect(failure.status == 200)
            #expect(failure.sentBytes)
        }
    }

    @Test("An answer that moves, but for too long in all")
    func total() async throws {
        let next = (0...8).map { _ in Gate() }
        let came = (0...8).map { _ in Gate() }
        let script: @Sendable (Peer) -> Void = { peer in
            peer.readRequest()
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0")
            for number in 1...8 {
                next[number].block()
                peer.write("\(number)")
            }
            peer.waitForClose()
        }
        try await withLoop(clock: clock.read, script: script) { loop, server in
            let task = Task {
                await loop.send([1], try profile(server.url)) { piece in came[Int(piece[0]) - 0x30].open() }
            }
            await came[0].opened()
            for number in 1...8 {
                clock.advance(by: .seconds(100))
                next[number].open()
                await came[number].opened()
            }
            clock.advance(by: .seconds(100))
            loop.wake()
            try #expect(failure(await task.value).kind == .timeout(.total))
        }
    }

    @Test("Just before its limit a request is left alone")
    func inTime() async throws {
        let received = Gate()
        let go = Gate()
        let script: @Sendable (Peer) -> Void = { peer in
            peer.readRequest()
            received.open()
            go.block()
            peer.answer("late")
        }
        try await withLoop(clock: clock.read, script: script) { loop, server in
            let task = Task { await loop.send([1], try profile(server.url)) }
            await received.opened()
            clock.advance(by: .milliseconds(599_999))
            loop.wake()
            go.open()
            let answer = try await task.value.get()
            #expect(answer.body.text == "late")
            #expect(answer.firstByte == .milliseconds(599_999))
            #expect(answer.total == .milliseconds(599_999))
        }
    }
}

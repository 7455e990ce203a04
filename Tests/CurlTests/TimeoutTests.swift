import Curl
import TestServer
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
            let task = Task {
                await loop.send(
                    [1],
                    try profile(server.url) { _ in
                        streaming.open()
                        return .progress
                    })
            }
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
                await loop.send(
                    [1],
                    try profile(server.url) { piece in
                        came[Int(piece[0]) - 0x30].open()
                        return .progress
                    })
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

    /// A server that writes a piece of a stream each time a gate is opened, and the sink's word for each.
    private func stream(
        _ pieces: [(text: String, progress: BodyProgress)],
        _ body: (TransferLoop, _ piece: (Int) async -> Void, Task<Result<HTTPResponse, TransferFailure>, any Error>)
            async throws -> Void
    ) async throws {
        let next = pieces.map { _ in Gate() }
        let came = pieces.map { _ in Gate() }
        let script: @Sendable (Peer) -> Void = { peer in
            peer.readRequest()
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
            for (gate, piece) in zip(next, pieces) {
                gate.block()
                peer.write(piece.text)
            }
            peer.waitForClose()
        }
        try await withLoop(clock: clock.read, script: script) { loop, server in
            let task = Task {
                await loop.send(
                    [1],
                    try profile(server.url) { bytes in
                        let index = Int(bytes[0]) - 0x30
                        came[index].open()
                        return pieces[index].progress
                    })
            }
            try await body(
                loop,
                { index in
                    next[index].open()
                    await came[index].opened()
                }, task)
        }
    }

    @Test("Signs of life do not make up for progress")
    func stall() async throws {
        let pieces: [(String, BodyProgress)] = [("0", .progress), ("1", .alive), ("2", .alive), ("3", .alive)]
        try await stream(pieces) { loop, piece, task in
            for index in 0..<4 {
                if index > 0 { clock.advance(by: .seconds(90)) }
                await piece(index)
            }
            clock.advance(by: .seconds(30))
            loop.wake()
            let failure = try failure(await task.value)
            #expect(failure.kind == .timeout(.stall))
            #expect(failure.sink is ClosureSink)
        }
    }

    @Test("Before the first progress an answer that is kept alive has the time of a first byte")
    func longQueue() async throws {
        let pieces: [(String, BodyProgress)] = [("0", .alive), ("1", .alive), ("2", .alive), ("3", .alive)]
        try await stream(pieces) { loop, piece, task in
            for index in 0..<4 {
                clock.advance(by: .seconds(115))
                await piece(index)
            }
            // Longer than a stall, and still only a queue.
            clock.advance(by: .seconds(115))
            loop.wake()
            clock.advance(by: .seconds(5))
            loop.wake()
            try #expect(failure(await task.value).kind == .timeout(.idle))
        }
    }

    @Test("An answer that is complete does not wait for a server that leaves it open")
    func leftOpen() async throws {
        try await stream([("0", .progress), ("1", .complete)]) { loop, piece, task in
            await piece(0)
            await piece(1)
            clock.advance(by: .seconds(1))
            loop.wake()
            let answer = try await task.value.get()
            #expect(answer.status == 200)
            #expect(answer.sink is ClosureSink)
        }
    }
}

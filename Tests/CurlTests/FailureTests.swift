import Curl
import Glibc
import TestServer
import Testing

@Suite("What goes wrong on the way", .timeLimit(.minutes(1)))
struct FailureTests {
    private func send(_ script: @escaping @Sendable (Peer) -> Void) async throws -> TransferFailure {
        try await withLoop(script: script) { loop, server in
            try failure(await loop.send([1], profile(server.url)))
        }
    }

    @Test("Nobody listens")
    func refused() async throws {
        let (socket, port) = try LoopbackServer.bound()
        defer { close(socket) }
        try await withLoop { loop, _ in
            let failure = try failure(await loop.send([1], profile("http://127.0.0.1:\(port)/")))
            #expect(failure.kind == .connect)
            #expect(!failure.sentBytes)
            #expect(failure.status == nil)
            #expect(failure.message.contains("127.0.0.1"))
        }
    }

    @Test("A name that does not exist fails all who ask for it, together")
    func unknownName() async throws {
        try await withLoop { loop, _ in
            let profile = try profile("http://name.invalid/")
            let kinds = await withTaskGroup(of: TransferFailure.Kind?.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        guard case .failure(let failure) = await loop.send([1], profile) else { return nil }
                        return failure.sentBytes ? nil : failure.kind
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(kinds == Array(repeating: .resolve, count: 20))
        }
    }

    @Test("Reset before any byte of an answer")
    func resetBefore() async throws {
        let failure = try await send { peer in
            peer.readRequest()
            peer.reset()
        }
        #expect(failure.kind == .reset)
        #expect(failure.sentBytes)
        #expect(failure.status == nil)
    }

    @Test("Closed without an answer")
    func empty() async throws {
        let failure = try await send { $0.readRequest() }
        #expect(failure.kind == .reset)
        #expect(failure.sentBytes)
    }

    @Test(
        "Cut off in the middle: what had come is there",
        arguments: [
            "HTTP/1.1 200 OK\r\nX: 1\r\nContent-Length: 10\r\n\r\nhalf",
            "HTTP/1.1 200 OK\r\nX: 1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        ], [false, true])
    func partial(text: String, byReset: Bool) async throws {
        let read = Gate()
        let script: @Sendable (Peer) -> Void = { peer in
            peer.readRequest()
            peer.write(text)
            read.block()
            if byReset { peer.reset() }
        }
        try await withLoop(script: script) { loop, server in
            // A reset may overtake what was written: it comes when the client is known to have read.
            let watched = try profile(server.url) { _ in
                read.open()
                return .progress
            }
            let streamed = Task { await loop.send([1], watched) }
            try #expect(failure(await streamed.value).kind == .reset)
            let failure = try failure(await loop.send([1], profile(server.url)))
            #expect(failure.kind == .reset)
            #expect(failure.sentBytes)
            if !byReset {
                #expect(failure.status == 200)
                #expect(failure.headerBytes.text.contains("X: 1"))
                #expect(failure.body.text == "half")
            }
        }
    }

    @Test("A chunked answer with a broken chunk is no answer")
    func brokenChunk() async throws {
        let failure = try await send { peer in
            peer.readRequest()
            peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf\r\n0\r\n\r\n")
        }
        #expect(failure.sentBytes)
    }

    @Test("A request on a reused connection that dies is reported, never sent again unasked")
    func noSecondSend() async throws {
        let script: @Sendable (Peer) -> Void = { peer in
            if peer.number == 0 {
                peer.readRequest()
                peer.answer("first")
                peer.readRequest()
                peer.close()  // the request was taken; no answer
            } else {
                while peer.readRequest() != nil { peer.answer("later") }
            }
        }
        try await withLoop(script: script) { loop, server in
            let profile = try profile(server.url)
            #expect(try await loop.send([1], profile).get().body.text == "first")
            let failure = try failure(await loop.send([2], profile))
            #expect(failure.kind == .reset)
            #expect(failure.sentBytes)
            #expect(try await loop.send([3], profile).get().body.text == "later")
            #expect(server.requests.map(\.last) == [1, 2, 3])
        }
    }

    @Test("A connection that the server closed while it was idle is noticed and replaced")
    func idleClose() async throws {
        let closed = Gate()
        let script: @Sendable (Peer) -> Void = { peer in
            peer.readRequest()
            peer.answer("\(peer.number)")
            if peer.number == 0 {
                peer.close()
                closed.open()
            }
        }
        try await withLoop(script: script) { loop, server in
            let profile = try profile(server.url)
            #expect(try await loop.send([1], profile).get().body.text == "0")
            await closed.opened()
            let answer = try await loop.send([1], profile).get()
            #expect(answer.body.text == "1")
            #expect(!answer.connectionReused)
        }
    }

    @Test("TLS to a server that does not speak it")
    func notTLS() async throws {
        let script: @Sendable (Peer) -> Void = { peer in
            peer.readMore()
            peer.write("HTTP/1.1 400 Bad Request\r\n\r\n")
            peer.waitForClose()
        }
        try await withLoop(script: script) { loop, server in
            let failure = try failure(await loop.send([1], profile("https://127.0.0.1:\(server.port)/")))
            #expect(failure.kind == .tls)
            #expect(!failure.sentBytes)
        }
    }

    @Test("A transfer leaves nothing behind for the next one on its handle")
    func cleanHandle() async throws {
        let script: @Sendable (Peer) -> Void = { peer in
            peer.readRequest()
            switch peer.number {
            case 0: peer.write("HTTP/1.1 503 Oh\r\nX: old\r\nContent-Length: 100\r\n\r\nold")
            case 1: peer.write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew")
            default: break
            }
        }
        try await withLoop(script: script) { loop, server in
            let profile = try profile(server.url)
            try #expect(failure(await loop.send([1], profile)).body.text == "old")
            let answer = try await loop.send([1], profile).get()
            #expect(answer.status == 200)
            #expect(answer.header("x") == nil)
            #expect(answer.body.text == "new")
            let nothing = try failure(await loop.send([1], profile))
            #expect(nothing.status == nil)
            #expect(nothing.headerBytes.isEmpty)
            #expect(nothing.body.isEmpty)
        }
    }
}

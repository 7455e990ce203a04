import Curl
import Synchronization
import TestServer
import Testing

/// What a server sees of a client's TLS. A handshake in full costs both sides more than the request that it is for.
@Suite("TLS", .timeLimit(.minutes(5)))
struct TLSTests {
    init() throws { try #require(openFilesAllowed >= 1_024) }

    @Test(
        "Connections are used again: no more handshakes than requests in flight", arguments: ServerTLS.Version.allCases)
    func connectionsReused(version: ServerTLS.Version) async throws {
        let (requests, inFlight) = (2_000, 256)
        let tls = try ServerTLS(version)
        let together = Meeting(of: inFlight)
        let script: @Sendable (Peer) -> Void = { peer in
            while let request = peer.readRequest() {
                together.join()
                peer.answer(bodyText(request))
            }
        }
        try await withLoop(maximumConnections: inFlight, tls: tls, script: script) { loop, server in
            let answered = try await send(requests, inFlight: inFlight, to: server, tls, loop)
            #expect(answered == requests)
            #expect(server.connections == tls.handshakes.all)
            #expect(tls.handshakes.all <= inFlight)
        }
    }

    /// A handle's first connection may find nothing to go on with; from its first answer on, the handle's share has a
    /// session. So at most as many handshakes are in full as there are handles, and those are the requests in flight.
    ///
    /// That holds of TLS 1.2. With 1.3 OpenSSL lets a session be used once: whoever connects between another's
    /// handshake and the ticket that follows it finds none. One at a time always finds one, and of many together each
    /// share's first to come back.
    @Test(
        "Sessions are resumed where the server closes connections",
        arguments: [(ServerTLS.Version.tls12, 256), (.tls13, 1), (.tls13, 256)])
    func sessionsResumed(version: ServerTLS.Version, inFlight: Int) async throws {
        let (requests, answersEach) = (inFlight * 8, 2)
        let tls = try ServerTLS(version)
        let together = Meeting(of: inFlight)
        let script: @Sendable (Peer) -> Void = { peer in
            for left in (0..<answersEach).reversed() {
                guard let request = peer.readRequest() else { return }
                together.join()
                peer.answer(bodyText(request), headers: left == 0 ? "Connection: close\r\n" : "")
            }
        }
        try await withLoop(maximumConnections: inFlight, tls: tls, script: script) { loop, server in
            let answered = try await send(requests, inFlight: inFlight, to: server, tls, loop)
            #expect(answered == requests)
            #expect(server.connections == tls.handshakes.all)
            #expect(server.connections >= requests / answersEach)
            #expect(tls.handshakes.resumed > 0)
            if version == .tls12 || inFlight == 1 { #expect(tls.handshakes.full <= inFlight) }
        }
    }

    @Test("What one connection has agreed on, others that begin together go on with")
    func sessionsShared() async throws {
        let tls = try ServerTLS(.tls12)
        let inFlight = 4
        let together = Meeting(of: inFlight)
        let script: @Sendable (Peer) -> Void = { peer in
            guard let request = peer.readRequest() else { return }
            if peer.number > 0 { together.join() }
            peer.answer(bodyText(request), headers: "Connection: close\r\n")
        }
        try await withLoop(tls: tls, script: script) { loop, server in
            let profile = try trusting(tls, server)
            _ = try await loop.send([1], profile).get()
            #expect(tls.handshakes.full == 1)
            #expect(await send(inFlight, inFlight: inFlight, profile, loop) == inFlight)
            #expect(tls.handshakes.full == 1)
            #expect(tls.handshakes.resumed == inFlight)
        }
    }

    @Test("A certificate that nobody vouches for is refused before anything is sent, unless any will do")
    func unknownAuthority() async throws {
        let tls = try ServerTLS(.tls13)
        let script = answering { _ in "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" }
        try await withLoop(tls: tls, script: script) { loop, server in
            let failure = try failure(await loop.send([1], profile(server.url)))
            #expect(failure.kind == .unknownAuthority)
            #expect(!failure.sentBytes)
            #expect(server.requests.isEmpty)
            let careless = try profile(server.url, tls: TransferProfile.TLS(insecure: true))
            #expect(try await loop.send([1], careless).get().body.text == "ok")
            #expect(try await loop.send([1], trusting(tls, server)).get().body.text == "ok")
        }
    }

    private func trusting(_ tls: ServerTLS, _ server: LoopbackServer) throws -> TransferProfile {
        try profile(server.url, tls: TransferProfile.TLS(caFile: tls.authorityFile))
    }

    private func send(
        _ requests: Int, inFlight: Int, to server: LoopbackServer, _ tls: ServerTLS, _ loop: TransferLoop
    ) async throws -> Int {
        await send(requests, inFlight: inFlight, try trusting(tls, server), loop)
    }

    /// Sends requests from the loop's own thread, as the dispatcher does; returns how many got their own answer.
    private func send(
        _ requests: Int, inFlight: Int, _ profile: TransferProfile, _ loop: TransferLoop
    ) async -> Int {
        await withTaskExecutorPreference(loop) {
            await withTaskGroup(of: Int.self) { group in
                for first in 0..<inFlight {
                    group.addTask {
                        var answered = 0
                        for number in stride(from: first, to: requests, by: inFlight) {
                            let result = await loop.send(Array("\(number)".utf8), profile)
                            if (try? result.get().body.text) == "\(number)" { answered += 1 }
                        }
                        return answered
                    }
                }
                return await group.reduce(0, +)
            }
        }
    }
}

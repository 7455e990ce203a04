import Curl
import TestServer
import Testing

@Suite("What is written", .timeLimit(.minutes(1)))
struct RequestTests {
    let ok = answering { _ in "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" }

    @Test("A request is these bytes and no others")
    func exactBytes() async throws {
        try await withLoop(script: ok) { loop, server in
            let headers = ["Content-Type: application/json", "Authorization: Bearer sk-1", "X-Empty:"]
            let answer = try await loop.send(Array(#"{"a":"ü"}"#.utf8), profile(server.url, headers: headers)).get()
            #expect(answer.status == 200)
            let request = try #require(server.requests.first).text
            let encodings = try #require(request.split(separator: "\r\n").first { $0.hasPrefix("Accept-Encoding:") })
            #expect(encodings.contains("gzip"))
            let expected = """
                POST /v1/chat/completions HTTP/1.1\r
                Host: 127.0.0.1:\(server.port)\r
                Accept: */*\r
                \(encodings)\r
                Content-Type: application/json\r
                Authorization: Bearer sk-1\r
                X-Empty:\r
                Content-Length: 10\r
                \r
                {"a":"ü"}
                """
            #expect(request == expected)
        }
    }

    @Test("Bodies of any size arrive whole", arguments: [0, 1, 65_535, 65_536, 1_048_577, 3_000_000])
    func bodySizes(count: Int) async throws {
        try await withLoop(script: ok) { loop, server in
            let body = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            _ = try await loop.send(body, profile(server.url)).get()
            let request = try #require(server.requests.first)
            #expect(request.suffix(count).elementsEqual(body))
            let head = request.dropLast(count)
            #expect(Array(head).text.contains("Content-Length: \(count)\r\n"))
            #expect(!Array(head).text.lowercased().contains("expect"))
            #expect(!Array(head).text.lowercased().contains("transfer-encoding"))
        }
    }

    @Test("A GET has no body and no content type of libcurl's own")
    func get() async throws {
        try await withLoop(script: ok) { loop, server in
            _ = try await loop.send([], profile(server.url, method: .get, headers: [])).get()
            let request = try #require(server.requests.first).text
            #expect(request.hasPrefix("GET /v1/chat/completions HTTP/1.1\r\n"))
            #expect(!request.lowercased().contains("content-"))
        }
    }

    @Test("A POST without a content type gets none")
    func noContentType() async throws {
        try await withLoop(script: ok) { loop, server in
            _ = try await loop.send([1], profile(server.url, headers: [])).get()
            #expect(try !#require(server.requests.first).text.lowercased().contains("content-type"))
        }
    }

    @Test("One connection serves one request after the other, each with its own body")
    func keepAlive() async throws {
        try await withLoop(
            script: answering { "HTTP/1.1 200 OK\r\nContent-Length: \(bodyText($0).utf8.count)\r\n\r\n\(bodyText($0))" }
        ) {
            loop, server in
            let profile = try profile(server.url)
            for number in 0..<5 {
                let body = String(repeating: "\(number)", count: 1 + number * 3_000)
                let answer = try await loop.send(Array(body.utf8), profile).get()
                #expect(answer.body.text == body)
                #expect(answer.connectionReused == (number > 0))
            }
            #expect(server.connections == 1)
        }
    }

    @Test("A connection without a request for two minutes is closed")
    func idleConnection() async throws {
        let clock = HandClock()
        let closed = Gate()
        let script: @Sendable (Peer) -> Void = { peer in
            peer.readRequest()
            peer.answer("ok")
            peer.waitForClose()
            closed.open()
        }
        try await withLoop(clock: clock.read, script: script) { loop, server in
            let profile = try profile(server.url)
            _ = try await loop.send([1], profile).get()
            clock.advance(by: .seconds(121))
            loop.wake()
            await closed.opened()
            #expect(try await !loop.send([1], profile).get().connectionReused)
        }
    }

    @Test("Profiles to the same host take turns without mixing")
    func profiles() async throws {
        try await withLoop(script: ok) { loop, server in
            for number in 0..<40 {
                let profile = try profile(server.url + "/\(number)")
                _ = try await loop.send([1], profile).get()
            }
            let paths = server.requests.map { $0.text.split(separator: " ")[1] }
            #expect(paths.map(String.init) == (0..<40).map { "/v1/chat/completions/\($0)" })
        }
    }
}

import Curl
import TestServer
import Testing

@Suite("What is read", .timeLimit(.minutes(1)))
struct AnswerTests {
    /// Sends one request to a server that writes these bytes and closes.
    private func send(
        toServerThatWrites bytes: [UInt8], maximumResponseBytes: Int = 1 << 20, maximumHeaderBytes: Int = 64 << 10,
        onBytes: (@Sendable (UnsafeRawBufferPointer) -> BodyProgress)? = nil
    ) async throws -> Result<HTTPResponse, TransferFailure> {
        let script: @Sendable (Peer) -> Void = { peer in
            if peer.readRequest() != nil { peer.write(bytes) }
        }
        return try await withLoop(script: script) { loop, server in
            let profile = try profile(
                server.url, maximumResponseBytes: maximumResponseBytes, maximumHeaderBytes: maximumHeaderBytes,
                onBytes: onBytes)
            return await loop.send([1], profile)
        }
    }

    private func send(toServerThatWrites text: String) async throws -> Result<HTTPResponse, TransferFailure> {
        try await send(toServerThatWrites: Array(text.utf8))
    }

    @Test("Status, headers and body")
    func plain() async throws {
        let head = "HTTP/1.1 429 Too Many Requests\r\nRetry-After:  7 \r\nX-Request-ID: abc\r\nContent-Length: 5\r\n"
        let answer = try await send(toServerThatWrites: head + "\r\nwait!").get()
        #expect(answer.status == 429)
        #expect(answer.headerBytes.text == head)
        #expect(answer.header("retry-after") == "7")
        #expect(answer.header("x-request-id") == "abc")
        #expect(answer.header("x-request") == nil)
        #expect(answer.body.text == "wait!")
        #expect(answer.httpVersion == HTTPVersionNumber(major: 1, minor: 1))
        #expect(answer.firstByte >= .zero && answer.firstByte <= answer.total)
    }

    @Test("Interim answers are dropped")
    func interim() async throws {
        let early = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
        let answer = try await send(
            toServerThatWrites: early + "HTTP/1.1 200 OK\r\nX: 1\r\nContent-Length: 2\r\n\r\nok"
        ).get()
        #expect(answer.status == 200)
        #expect(answer.headerBytes.text == "HTTP/1.1 200 OK\r\nX: 1\r\nContent-Length: 2\r\n")
        #expect(answer.body.text == "ok")
    }

    @Test("A header that looks like a status line is a header")
    func falseStatusLine() async throws {
        let head = "HTTP/1.1 200 OK\r\nHTTP/1.1 500: no\r\nContent-Length: 2\r\n"
        let answer = try await send(toServerThatWrites: head + "\r\nok").get()
        #expect(answer.status == 200)
        #expect(answer.headerBytes.text == head)
    }

    @Test("Chunks are put together; trailers are no headers")
    func chunked() async throws {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n"
        let answer = try await send(
            toServerThatWrites: head + "\r\n3;ext=1\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-T: late\r\n\r\n"
        ).get()
        #expect(answer.body.text == "abc0123456789")
        #expect(answer.headerBytes.text == head)
    }

    @Test("An answer without a length ends with the connection")
    func untilClose() async throws {
        let answer = try await send(toServerThatWrites: "HTTP/1.0 200 OK\r\n\r\nall of it").get()
        #expect(answer.body.text == "all of it")
        #expect(answer.httpVersion == HTTPVersionNumber(major: 1, minor: 0))
    }

    @Test("A redirect is an answer")
    func redirect() async throws {
        let answer = try await send(
            toServerThatWrites: "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n"
        ).get()
        #expect(answer.status == 302)
        #expect(answer.header("location") == "/other")
    }

    @Test("gzip is decoded")
    func gzip() async throws {
        let answer = try await send(toServerThatWrites: gzipAnswer(compressedZeros)).get()
        #expect(answer.body == Array(repeating: UInt8(ascii: "0"), count: 100_000))
    }

    @Test("The cap is on decoded bytes")
    func gzipBomb() async throws {
        let result = try await send(toServerThatWrites: gzipAnswer(compressedZeros), maximumResponseBytes: 99_999)
        let failure = try failure(result)
        #expect(failure.kind == .tooLarge)
        #expect(failure.body.count == 99_999)
        #expect(failure.status == 200)
        #expect(failure.sentBytes)
    }

    @Test("A body at the cap passes, one byte more does not", arguments: [(10, true), (9, false), (0, false)])
    func cap(maximum: Int, passes: Bool) async throws {
        let bytes = Array("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789".utf8)
        let result = try await send(toServerThatWrites: bytes, maximumResponseBytes: maximum)
        if passes {
            #expect(try result.get().body.count == 10)
        } else {
            let failure = try failure(result)
            #expect(failure.kind == .tooLarge)
            #expect(failure.body.text == String("0123456789".prefix(maximum)))
        }
    }

    @Test(
        "Headers have a cap, interim answers and trailers counted in",
        arguments: [
            "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 1_000) + "\r\nContent-Length: 0\r\n\r\n",
            String(repeating: "HTTP/1.1 102 Processing\r\n\r\n", count: 50)
                + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
                + String(repeating: "X-T: 0123456789\r\n", count: 80) + "\r\n",
        ])
    func headerCap(text: String) async throws {
        let small = try await send(toServerThatWrites: Array(text.utf8), maximumHeaderBytes: 900)
        try #expect(failure(small).kind == .tooLarge)
        #expect(try await send(toServerThatWrites: Array(text.utf8)).get().status == 200)
    }

    @Test(
        "What is not HTTP is not an answer",
        arguments: [
            "hello\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot gzip at all",
        ])
    func notHTTP(text: String) async throws {
        try #expect(failure(await send(toServerThatWrites: text)).kind == .protocolError)
    }

    @Test("A sink takes the bytes of a good answer in place of the body")
    func sink() async throws {
        let taken = Recorded<UInt8>()
        let bytes = Array("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstream".utf8)
        let answer = try await send(toServerThatWrites: bytes) { piece in
            taken.note(contentsOf: piece)
            return .progress
        }.get()
        #expect(taken.all.text == "stream")
        #expect(answer.body.isEmpty)
        #expect(answer.sink is ClosureSink)
    }

    @Test("A sink takes nothing of an error's body")
    func sinkOfError() async throws {
        let taken = Recorded<UInt8>()
        let bytes = Array("HTTP/1.1 500 Oh\r\nContent-Length: 5\r\n\r\nsorry".utf8)
        let answer = try await send(toServerThatWrites: bytes) { piece in
            taken.note(contentsOf: piece)
            return .progress
        }.get()
        #expect(taken.all.isEmpty)
        #expect(answer.body.text == "sorry")
        #expect(answer.sink == nil)
    }

    private func gzipAnswer(_ body: [UInt8]) -> [UInt8] {
        Array("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body
    }
}

import Curl
import TestServer
import Testing

let usualTimeouts = TransferTimeouts(
    connect: .seconds(10), firstByte: .seconds(600), idle: .seconds(120), stall: .seconds(300), total: .seconds(900))

/// The limit on open files, raised for tests with hundreds of connections, both ends of them in this process.
let openFilesAllowed = OpenFiles.raiseSoftLimit(atLeast: 4_096)

/// Runs `body` with a loop and a server that does what `script` says, and takes both down afterwards.
func withLoop<Value>(
    maximumConnections: Int = 128, clock: @escaping @Sendable () -> LoopInstant = { LoopInstant.now() },
    tls: ServerTLS? = nil, script: @escaping @Sendable (Peer) -> Void = { _ in },
    _ body: (TransferLoop, LoopbackServer) async throws -> Value
) async throws -> Value {
    let server = try LoopbackServer(tls: tls, script)
    let loop = try TransferLoop(maximumConnections: maximumConnections, clock: clock)
    defer {
        loop.shutdown()
        server.close()
    }
    return try await body(loop, server)
}

/// Serves one answer after the other on every connection until the client closes.
func answering(_ answer: @escaping @Sendable ([UInt8]) -> String) -> @Sendable (Peer) -> Void {
    { peer in
        while let request = peer.readRequest() { peer.write(answer(request)) }
    }
}

func profile(
    _ url: String, method: TransferProfile.Method = .post,
    headers: [String] = ["Content-Type: application/json"], timeouts: TransferTimeouts = usualTimeouts,
    maximumResponseBytes: Int = 1 << 20, maximumHeaderBytes: Int = 64 << 10,
    tls: TransferProfile.TLS = TransferProfile.TLS(),
    onBytes: (@Sendable (UnsafeRawBufferPointer) -> BodyProgress)? = nil
) throws -> TransferProfile {
    var sink: (@Sendable (UnsafeRawBufferPointer) -> (any BodySink)?)?
    if let onBytes { sink = { _ in ClosureSink(onBytes) } }
    return try TransferProfile(
        url: url, method: method, headers: headers, timeouts: timeouts, maximumResponseBytes: maximumResponseBytes,
        maximumHeaderBytes: maximumHeaderBytes, tls: tls, sink: sink)
}

final class ClosureSink: BodySink {
    private let body: @Sendable (UnsafeRawBufferPointer) -> BodyProgress

    init(_ body: @escaping @Sendable (UnsafeRawBufferPointer) -> BodyProgress) { self.body = body }

    func receive(_ piece: UnsafeRawBufferPointer, after elapsed: Duration) -> BodyProgress { body(piece) }

    func end() {}
}

/// The failure of a result that must be one.
func failure(
    _ result: Result<HTTPResponse, TransferFailure>, sourceLocation: SourceLocation = #_sourceLocation
) throws -> TransferFailure {
    switch result {
    case .failure(let failure): return failure
    case .success(let response):
        Issue.record("succeeded with status \(response.status)", sourceLocation: sourceLocation)
        throw UnexpectedSuccess()
    }
}

struct UnexpectedSuccess: Error {}

extension [UInt8] {
    var text: String { String(decoding: self, as: UTF8.self) }
}

/// The body of a request as a server read it.
func bodyText(_ request: [UInt8]) -> String {
    request.text.firstRange(of: "\r\n\r\n").map { String(request.text[$0.upperBound...]) } ?? ""
}

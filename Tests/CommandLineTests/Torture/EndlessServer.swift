import Synchronization
import TestServer

/// Answers each connection's first request with a head and zeros, as many as promised or until nobody takes them.
final class EndlessServer: Sendable {
    private let server: LoopbackServer
    private let count: ByteCounter

    var port: UInt16 { server.port }

    /// Bytes of bodies sent so far, over all connections.
    var sent: Int { count.value }

    init(length: Int) throws {
        let count = ByteCounter()
        self.count = count
        server = try LoopbackServer { peer in
            guard peer.readRequest() != nil else { return }
            peer.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(length)\r\n\r\n")
            let zeros = [UInt8](repeating: 0, count: 64 << 10)
            var left = length
            while left > 0 {
                let piece = left < zeros.count ? Array(zeros[..<left]) : zeros
                guard peer.write(piece) else { return }
                left -= piece.count
                count.add(piece.count)
            }
        }
    }

    deinit { server.close() }
}

private final class ByteCounter: Sendable {
    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .relaxed) }

    func add(_ bytes: Int) { count.add(bytes, ordering: .relaxed) }
}

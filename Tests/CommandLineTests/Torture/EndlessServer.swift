import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Answers each connection's first bytes with a head and zeros, as many as promised or until nobody takes them.
final class EndlessServer: Sendable {
    let port: UInt16
    private let listener: Int32
    private let count: ByteCounter

    /// Bytes of bodies sent so far, over all connections.
    var sent: Int { count.value }

    init(length: Int) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, size) != 0 || listen(listener, 16) != 0
                    || getsockname(listener, address, &size) != 0
            }
        }
        try #require(!code)
        port = UInt16(bigEndian: address.sin_port)
        let count = ByteCounter()
        self.count = count
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(length)\r\n\r\n"
        startThread {
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                startThread { Self.serve(client, head, length, count) }
            }
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    private static func serve(_ client: Int32, _ head: String, _ length: Int, _ count: ByteCounter) {
        defer { close(client) }
        var request = [UInt8](repeating: 0, count: 65536)
        guard recv(client, &request, request.count, 0) > 0 else { return }
        guard send(client, head, head.utf8.count, Int32(MSG_NOSIGNAL)) > 0 else { return }
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        var left = length
        while left > 0 {
            let sent = send(client, zeros, min(left, zeros.count), Int32(MSG_NOSIGNAL))
            guard sent > 0 else { return }
            left -= sent
            count.add(sent)
        }
    }
}

private final class ByteCounter: Sendable {
    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .relaxed) }

    func add(_ bytes: Int) { count.add(bytes, ordering: .relaxed) }
}

/// Runs blocking work on a thread of its own.
private func startThread(_ work: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let box = Unmanaged.passRetained(ThreadWork(work))
    let code = pthread_create(
        &thread, nil,
        { pointer in
            if let pointer { Unmanaged<ThreadWork>.fromOpaque(pointer).takeRetainedValue().run() }
            return nil
        }, box.toOpaque())
    if code == 0 { pthread_detach(thread) } else { box.release() }
}

private final class ThreadWork: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

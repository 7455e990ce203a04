import Curl
import Glibc
import Synchronization
import Threads

/// A server on the loopback interface that does what a test's script says, byte for byte.
///
/// Every accepted connection runs the script on a thread of its own; the connection is closed when the script ends.
package final class LoopbackServer: Sendable {
    private struct State {
        var requests: [[UInt8]] = []
        var connections = 0
        var sockets: Set<Int32> = []
        var isClosed = false
    }

    private let listener: Int32
    package let port: UInt16
    private let state = Mutex(State())
    private let tls: ServerTLS?
    private let script: @Sendable (Peer) -> Void

    /// The script learns by `Peer.number` (0, 1, …) which connection it serves. With `tls`, it runs once the two sides
    /// agree, and not at all where they do not.
    package init(tls: ServerTLS? = nil, _ script: @escaping @Sendable (Peer) -> Void) throws {
        self.tls = tls
        self.script = script
        (listener, port) = try Self.bound()
        guard listen(listener, 4096) == 0 else { throw CurlError.system(call: "listen", code: errno) }
        try Self.start { [self] in accept() }
    }

    /// A thread for a script that blocks: Dispatch's are few, and Swift's tasks run on the same ones.
    private static func start(_ body: @escaping @Sendable () -> Void) throws(SystemThread.Failure) {
        pthread_detach(try SystemThread.start("test-server", body))
    }

    /// A loopback socket bound to a free port, and that port.
    package static func bound() throws -> (socket: Int32, port: UInt16) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 ? getsockname(listener, address, &length) : -1
            }
        }
        guard code == 0 else { throw CurlError.system(call: "bind", code: errno) }
        return (listener, UInt16(bigEndian: address.sin_port))
    }

    /// Of the server, without a path.
    package var origin: String { "\(tls == nil ? "http" : "https")://127.0.0.1:\(port)" }

    package var url: String { "\(origin)/v1/chat/completions" }

    /// Every request read, in the order of their ends.
    package var requests: [[UInt8]] { state.withLock { $0.requests } }

    /// Connections accepted so far.
    package var connections: Int { state.withLock { $0.connections } }

    /// Stops accepting and cuts every connection, so that blocked scripts end.
    package func close() {
        let sockets = state.withLock { state in
            state.isClosed = true
            return state.sockets
        }
        shutdown(listener, Int32(SHUT_RDWR))
        for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
        tls?.forget()
    }

    private func accept() {
        while true {
            let descriptor = Glibc.accept(listener, nil, nil)
            guard descriptor >= 0 else { break }
            let number: Int? = state.withLock { state in
                guard !state.isClosed else { return nil }
                state.sockets.insert(descriptor)
                state.connections += 1
                return state.connections - 1
            }
            guard let number else {
                Glibc.close(descriptor)
                break
            }
            let served: Void? = try? Self.start { [self] in
                let peer = Peer(descriptor: descriptor, number: number) { request in
                    self.state.withLock { $0.requests.append(request) }
                }
                if tls.map(peer.secure(by:)) ?? true { script(peer) }
                state.withLock { _ = $0.sockets.remove(descriptor) }
                peer.close()
            }
            precondition(served != nil, "no thread for a test's server")
        }
        Glibc.close(listener)
    }
}

/// One accepted connection, used by one thread.
package final class Peer {
    private var descriptor: Int32
    package let number: Int
    private let record: (([UInt8]) -> Void)?
    private var received: [UInt8] = []
    private var tls: TLSConnection?

    init(descriptor: Int32, number: Int, record: (([UInt8]) -> Void)?) {
        self.descriptor = descriptor
        self.number = number
        self.record = record
    }

    /// Goes on under TLS; false if the client does not.
    func secure(by server: ServerTLS) -> Bool {
        tls = server.accept(descriptor)
        return tls != nil
    }

    /// Reads one request, head and body; nil if the client closed first.
    @discardableResult
    package func readRequest() -> [UInt8]? {
        while true {
            if let end = Self.endOfHead(received) {
                let needed = end + Self.contentLength(received[..<end])
                if received.count >= needed {
                    let request = Array(received[..<needed])
                    received.removeFirst(needed)
                    record?(request)
                    return request
                }
            }
            guard readMore() else { return nil }
        }
    }

    /// Reads until at least one more byte has come; false at the end.
    @discardableResult
    package func readMore() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        let count = tls?.read(&chunk) ?? recv(descriptor, &chunk, chunk.count, 0)
        guard count > 0 else { return false }
        received += chunk[..<count]
        return true
    }

    /// Blocks until the client has closed the connection.
    package func waitForClose() {
        while readMore() {}
    }

    package func write(_ text: String) {
        write(Array(text.utf8))
    }

    /// Writes all of the bytes; false if the client is gone.
    @discardableResult
    package func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                tls?.write($0) ?? send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Writes a 200 answer with a length.
    package func answer(_ body: String, headers: String = "") {
        write("HTTP/1.1 200 OK\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    /// Closes so that the client sees a reset in place of an end.
    package func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    package func close() {
        guard descriptor >= 0 else { return }
        tls?.end()
        Glibc.close(descriptor)
        descriptor = -1
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        let mark = Array("\r\n\r\n".utf8)
        return (0...(bytes.count - 4)).first { bytes[$0..<($0 + 4)].elementsEqual(mark) }.map { $0 + 4 }
    }

    private static func contentLength(_ head: ArraySlice<UInt8>) -> Int {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let line = lines.first { $0.lowercased().hasPrefix("content-length:") }
        return line.flatMap { Int($0.dropFirst(15).drop { $0 == " " }) } ?? 0
    }
}

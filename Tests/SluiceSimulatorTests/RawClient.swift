#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A blocking HTTP client that sends and shows bytes as they are.
///
/// It gives up after ten seconds without a byte, so that a broken server fails a test instead of hanging it.
final class RawClient {
    struct Failure: Error, Equatable {
        var code: Int32
    }

    struct Response {
        var status: Int
        /// Names in lower case.
        var headers: [String: String]
        var body: [UInt8]
        /// The body ended before its framing said so.
        var isShort = false

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init(port: Int) throws {
        #if canImport(Glibc)
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            let code = errno
            close(descriptor)
            throw Failure(code: code)
        }
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Failure(code: errno) }
            rest = rest.dropFirst(count)
        }
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Posts a chat completion's body and reads the response.
    func ask(headers: [String] = [], _ body: String) throws -> Response {
        try ask("POST", "/v1/chat/completions", headers: headers, body)
    }

    /// Sends a request and reads its response.
    func ask(_ method: String, _ target: String, headers: [String] = [], _ body: String = "") throws -> Response {
        let lines = headers.map { $0 + "\r\n" }.joined()
        try send(
            "\(method) \(target) HTTP/1.1\r\nHost: x\r\n\(lines)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        return try response()
    }

    /// Reads one response. Throws when the connection ends before its head is complete.
    func response() throws -> Response {
        let head = try line(endingIn: "\r\n\r\n").split(separator: "\r\n")
        var response = Response(status: Int(head[0].split(separator: " ")[1]) ?? 0, headers: [:], body: [])
        for line in head.dropFirst() {
            let parts = line.split(separator: ": ", maxSplits: 1)
            response.headers[parts[0].lowercased()] = String(parts[1])
        }
        do {
            if response.headers["transfer-encoding"] == "chunked" {
                while let size = Int(try line(endingIn: "\r\n"), radix: 16), size > 0 {
                    response.body += try take(size)
                    _ = try take(2)
                }
                _ = try take(2)
            } else if let length = response.headers["content-length"].flatMap({ Int($0) }) {
                response.body = try take(length)
            } else if response.status >= 200 {
                while try receive() {}
                response.body = buffer
            }
        } catch {
            response.isShort = true
            response.body += buffer
        }
        return response
    }

    /// Reads at least so many bytes, and takes all that have come.
    func receive(atLeast count: Int) throws -> String {
        while buffer.count < count {
            guard try receive() else { throw Failure(code: 0) }
        }
        return String(decoding: try take(buffer.count), as: UTF8.self)
    }

    /// Whether the server has closed in good order and nothing is left to read.
    func isAtEnd() throws -> Bool {
        try buffer.isEmpty && !receive()
    }

    private func line(endingIn end: String) throws -> String {
        let end = Array(end.utf8)
        var start = 0
        while true {
            while start + end.count <= buffer.count {
                if buffer[start..<start + end.count].elementsEqual(end) {
                    let line = try take(start)
                    _ = try take(end.count)
                    return String(decoding: line, as: UTF8.self)
                }
                start += 1
            }
            guard try receive() else { throw Failure(code: 0) }
        }
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while buffer.count < count {
            guard try receive() else { throw Failure(code: 0) }
        }
        defer { buffer.removeFirst(count) }
        return Array(buffer[..<count])
    }

    /// Reads what there is; false at the end of the stream.
    private func receive() throws -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        guard count >= 0 else { throw Failure(code: errno) }
        buffer += chunk[..<count]
        return count > 0
    }
}

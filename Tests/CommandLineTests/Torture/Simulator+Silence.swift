import SluiceSimulator
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Simulator {
    /// Waits until the endpoint has seen the last of a client that is gone: what it sent may still lie in the kernel.
    func waitForSilence() async throws {
        // Connections are accepted in the order in which they came: once this one is answered, all before it were.
        let knock = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(knock) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(knock, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(code == 0)
        let question = "GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n"
        try #require(send(knock, question, question.utf8.count, 0) == question.utf8.count)
        var answer = [UInt8](repeating: 0, count: 1024)
        try #require(recv(knock, &answer, answer.count, 0) > 0)
        try #require(await wait { $0.openConnections == 1 && $0.inFlight == 0 })
    }
}

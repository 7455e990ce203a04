import Glibc

/// A name for 127.0.0.1 that takes a real lookup, as "localhost" does not: libcurl knows that one itself.
enum LoopbackName {
    /// The machine's own name, where it stands for 127.0.0.1; else nil.
    static let found: String? = {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, 255) == 0 else { return nil }
        let name = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        var hints = addrinfo()
        hints.ai_family = AF_INET
        var list: UnsafeMutablePointer<addrinfo>?
        guard name != "localhost", getaddrinfo(name, nil, &hints, &list) == 0, let list else { return nil }
        defer { freeaddrinfo(list) }
        let address = list.pointee.ai_addr.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee.sin_addr }
        return address.s_addr == UInt32(0x7F00_0001).bigEndian ? name : nil
    }()
}

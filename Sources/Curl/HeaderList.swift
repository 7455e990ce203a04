import CCurl

/// Header lines in the form that libcurl borrows: a linked list of C strings.
final class HeaderList: @unchecked Sendable {
    // Proof of @unchecked: the list is built in `init` and never changed; libcurl only reads the lists it is given.
    let pointer: UnsafeMutablePointer<curl_slist>?

    /// What answers may be packed with, as libcurl is to undo it.
    static let acceptedEncoding = "gzip"

    /// Takes lines "Name: value". `Content-Length`, `Transfer-Encoding`, `Expect` and `Connection` are refused: the
    /// loop frames bodies and keeps connections itself.
    init(_ lines: [String]) throws(CurlError) {
        let checked = try lines.map(Self.line(for:))
        let names = lines.map { Self.name(of: $0).lowercased() }
        // Without these, libcurl would hold a body back until "100 Continue", and call it a form.
        var list = curl_slist_append(nil, "Expect:")
        if !names.contains("content-type") { list = curl_slist_append(list, "Content-Type:") }
        if !names.contains("accept-encoding") {
            list = curl_slist_append(list, "Accept-Encoding: \(Self.acceptedEncoding)")
        }
        for line in checked { list = curl_slist_append(list, line) }
        pointer = list
    }

    deinit {
        curl_slist_free_all(pointer)
    }

    private static func name(of line: String) -> Substring {
        line.prefix { $0 != ":" }
    }

    /// A checked line in libcurl's own notation, in which "Name:" would take a header away and "Name;" sends it empty.
    private static func line(for line: String) throws(CurlError) -> String {
        let name = name(of: line)
        let bytes = line.utf8
        guard !name.isEmpty, name.utf8.count < bytes.count, name.utf8.allSatisfy(isTokenByte) else {
            throw .invalidHeader(name: "?", reason: "a line is written 'Name: value'")
        }
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw .invalidHeader(name: String(name), reason: "its value has a line break or another control character")
        }
        switch name.lowercased() {
        case "content-length", "transfer-encoding", "expect", "connection":
            throw .invalidHeader(name: String(name), reason: "the program sets it itself")
        default: break
        }
        let value = bytes.dropFirst(name.utf8.count + 1)
        return value.allSatisfy { $0 == 0x20 || $0 == 0x09 } ? name + ";" : line
    }

    /// RFC 9110's `tchar`.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

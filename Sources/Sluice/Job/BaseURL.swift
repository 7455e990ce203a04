/// An endpoint's checked base URL: http or https, host, optional port and path; no trailing slash.
package struct BaseURL: Sendable, Hashable, CustomStringConvertible {
    /// As written, without trailing slashes.
    package let text: String
    /// Whether anything stands after the host and port.
    package let hasPath: Bool
    package let isSecure: Bool
    /// The host alone, for messages and for telling a local server.
    package let host: String

    package struct Fault: Error, Equatable, CustomStringConvertible {
        /// What is wrong and what to write instead. Never repeats the URL, which may hold a password.
        package let description: String
    }

    package init(_ written: some StringProtocol) throws(Fault) {
        guard written.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else {
            throw Fault(description: "has a space, a control character or a letter outside ASCII; percent-encode it")
        }
        guard let scheme = ["https://", "http://"].first(where: { written.lowercased().hasPrefix($0) }) else {
            throw Fault(description: "must begin with https:// or http://")
        }
        isSecure = scheme == "https://"
        guard !written.contains("?") else {
            throw Fault(description: "must have no '?'; write its parameters under query:")
        }
        guard !written.contains("#") else {
            throw Fault(description: "must have no '#'")
        }
        var end = written.endIndex
        while end > written.startIndex, written[written.index(before: end)] == "/" {
            end = written.index(before: end)
        }
        let trimmed = written[..<end]
        let afterScheme = trimmed.dropFirst(scheme.count)
        let authority = afterScheme.prefix { $0 != "/" }
        guard !authority.contains("@") else {
            throw Fault(description: "must hold no user or password; name the key's variable in key_env:")
        }
        host = try Self.host(ofAuthority: String(authority))
        hasPath = authority.endIndex != trimmed.endIndex
        text = String(trimmed)
    }

    /// Host and port, as written: what tells servers apart that have no other name.
    package var authority: String {
        String(text.dropFirst(isSecure ? 8 : 7).prefix { $0 != "/" })
    }

    /// Stands in while the rest of a faulty job file is read, so that all its faults are found at once.
    static let placeholder = BaseURL(text: "http://localhost", hasPath: false, isSecure: false, host: "localhost")

    private init(text: String, hasPath: Bool, isSecure: Bool, host: String) {
        self.text = text
        self.hasPath = hasPath
        self.isSecure = isSecure
        self.host = host
    }

    private static func host(ofAuthority authority: String) throws(Fault) -> String {
        var host = authority[...]
        var port: Substring?
        if host.hasPrefix("[") {
            guard let bracket = host.firstIndex(of: "]") else {
                throw Fault(description: "has a '[' without its ']'")
            }
            let rest = host[host.index(after: bracket)...]
            guard rest.isEmpty || rest.hasPrefix(":") else {
                throw Fault(description: "has something other than a port after ']'")
            }
            port = rest.isEmpty ? nil : rest.dropFirst()
            host = host[...bracket]
        } else if let colon = host.firstIndex(of: ":") {
            port = host[host.index(after: colon)...]
            host = host[..<colon]
        }
        guard !host.isEmpty, host != "[]" else {
            throw Fault(description: "names no host")
        }
        if let port {
            guard port.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let number = UInt16(port), number > 0
            else { throw Fault(description: "must have a port from 1 to 65535 after the ':'") }
        }
        return String(host)
    }

    package var description: String { text }
}

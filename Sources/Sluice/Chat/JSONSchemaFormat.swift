#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The formats of JSON Schema that OpenAI's `response_format` knows, and `uri`.
enum JSONSchemaFormat: String, CaseIterable {
    case dateTime = "date-time"
    case date, time, duration, email, hostname, ipv4, ipv6, uuid, uri

    func matches(_ text: [UInt8]) -> Bool {
        // None of them has use for more, and an address of a page may be long.
        guard text.count <= 64 << 10, text.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return false }
        var rest = text[...]
        switch self {
        case .dateTime:
            guard Self.takeDate(&rest), let mark = rest.popFirst(), mark | 0x20 == UInt8(ascii: "t") else {
                return false
            }
            return Self.takeTime(&rest) && rest.isEmpty
        case .date: return Self.takeDate(&rest) && rest.isEmpty
        case .time: return Self.takeTime(&rest) && rest.isEmpty
        case .duration: return Self.isDuration(rest)
        case .email: return Self.isEmail(rest)
        case .hostname: return Self.isHostname(rest)
        case .ipv4: return Self.isAddress(text, AF_INET)
        case .ipv6: return Self.isAddress(text, AF_INET6)
        case .uuid: return Self.isUUID(rest)
        case .uri: return Self.isURI(rest)
        }
    }

    // MARK: RFC 3339

    /// A number of so many digits.
    private static func take(_ count: Int, from rest: inout ArraySlice<UInt8>) -> Int? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy(\.isDigit) else { return nil }
        rest = rest.dropFirst(count)
        return digits.reduce(0) { $0 * 10 + Int($1 & 0x0F) }
    }

    private static func take(_ mark: UInt8, from rest: inout ArraySlice<UInt8>) -> Bool {
        guard rest.first == mark else { return false }
        rest = rest.dropFirst()
        return true
    }

    private static func takeDate(_ rest: inout ArraySlice<UInt8>) -> Bool {
        guard let year = take(4, from: &rest), take(UInt8(ascii: "-"), from: &rest),
            let month = take(2, from: &rest), (1...12).contains(month), take(UInt8(ascii: "-"), from: &rest),
            let day = take(2, from: &rest)
        else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return day >= 1 && day <= days[month - 1]
    }

    /// With its offset; second 60 only where it is 23:59 at Greenwich.
    private static func takeTime(_ rest: inout ArraySlice<UInt8>) -> Bool {
        guard let hour = take(2, from: &rest), hour < 24, take(UInt8(ascii: ":"), from: &rest),
            let minute = take(2, from: &rest), minute < 60, take(UInt8(ascii: ":"), from: &rest),
            let second = take(2, from: &rest), second <= 60
        else { return false }
        if take(UInt8(ascii: "."), from: &rest) {
            let fraction = rest.prefix(while: \.isDigit)
            guard !fraction.isEmpty else { return false }
            rest = rest[fraction.endIndex...]
        }
        var offset = 0
        guard let sign = rest.popFirst() else { return false }
        switch sign {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"): break
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard let hours = take(2, from: &rest), hours < 24, take(UInt8(ascii: ":"), from: &rest),
                let minutes = take(2, from: &rest), minutes < 60
            else { return false }
            offset = (hours * 60 + minutes) * (sign == UInt8(ascii: "+") ? 1 : -1)
        default: return false
        }
        let day = 24 * 60
        return second < 60 || (hour * 60 + minute - offset + day) % day == day - 1
    }

    /// `P3Y6M4DT12H30M5S` or `P4W`, by RFC 3339's appendix A: no unit between two others may be left out.
    private static func isDuration(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.first == UInt8(ascii: "P") else { return false }
        let parts = text.dropFirst().split(
            separator: UInt8(ascii: "T"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let date = units(parts[0]) else { return false }
        guard parts.count == 2 else { return date == "W" || dateUnits.contains(date) }
        guard let time = units(parts[1]) else { return false }
        return (date.isEmpty || dateUnits.contains(date)) && timeUnits.contains(time)
    }

    private static let dateUnits = ["Y", "YM", "YMD", "M", "MD", "D"]
    private static let timeUnits = ["H", "HM", "HMS", "M", "MS", "S"]

    /// The units of a run of numbers with units; nil when it is none.
    private static func units(_ text: ArraySlice<UInt8>) -> String? {
        var rest = text
        var units = ""
        while !rest.isEmpty {
            let digits = rest.prefix(while: \.isDigit)
            rest = rest[digits.endIndex...]
            guard !digits.isEmpty, let unit = rest.popFirst(), units.utf8.count < 3 else { return nil }
            units.unicodeScalars.append(Unicode.Scalar(unit))
        }
        return units
    }

    // MARK: Names and addresses

    /// RFC 1123: labels of letters, digits and inner hyphens.
    private static func isHostname(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count <= 253 else { return false }
        return text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                && label.allSatisfy { isLetter($0) || $0.isDigit || $0 == UInt8(ascii: "-") }
        }
    }

    /// RFC 5321 without quoted local parts: atoms and dots, then a host name or an address in brackets.
    private static func isEmail(_ text: ArraySlice<UInt8>) -> Bool {
        guard let at = text.lastIndex(of: UInt8(ascii: "@")) else { return false }
        let atoms = text[..<at].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isLocal = atoms.allSatisfy { atom in
            !atom.isEmpty && atom.allSatisfy { isLetter($0) || $0.isDigit || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0) }
        }
        let domain = text[(at + 1)...]
        guard isLocal, domain.first == UInt8(ascii: "["), domain.last == UInt8(ascii: "]") else {
            return isLocal && isHostname(domain)
        }
        let address = domain.dropFirst().dropLast()
        guard address.startsIgnoringCase("ipv6:") else { return isAddress(Array(address), AF_INET) }
        return isAddress(Array(address.dropFirst(5)), AF_INET6)
    }

    private static func isAddress(_ text: [UInt8], _ family: Int32) -> Bool {
        guard text.count < 64 else { return false }
        var address = in6_addr()
        return (text + [0]).withUnsafeBytes { text in
            guard let text = text.assumingMemoryBound(to: CChar.self).baseAddress else { return false }
            return inet_pton(family, text, &address) == 1
        }
    }

    private static func isUUID(_ text: ArraySlice<UInt8>) -> Bool {
        let groups = text.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return groups.map(\.count) == [8, 4, 4, 4, 12] && groups.allSatisfy { $0.allSatisfy(isHexadecimal) }
    }

    /// RFC 3986: a scheme, then allowed characters, with `%` before two hexadecimal digits, one `#` at most, and
    /// brackets around an address alone.
    private static func isURI(_ text: ArraySlice<UInt8>) -> Bool {
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")), let first = text.first, isLetter(first),
            text[..<colon].allSatisfy({ isLetter($0) || $0.isDigit || "+-.".utf8.contains($0) })
        else { return false }
        var rest = text[(colon + 1)...]
        if rest.starts(with: "//".utf8) {
            let authority = rest.dropFirst(2).prefix { !"/?#".utf8.contains($0) }
            guard isAuthority(authority) else { return false }
            rest = rest[authority.endIndex...]
        }
        let parts = rest.split(separator: UInt8(ascii: "#"), omittingEmptySubsequences: false)
        return parts.count <= 2 && isURIText(rest.filter { $0 != UInt8(ascii: "#") }[...], and: ":@/?")
    }

    private static func isAuthority(_ text: ArraySlice<UInt8>) -> Bool {
        var host = text
        if let at = text.lastIndex(of: UInt8(ascii: "@")) {
            guard isURIText(text[..<at], and: ":") else { return false }
            host = text[(at + 1)...]
        }
        if host.first == UInt8(ascii: "[") {
            guard let end = host.firstIndex(of: UInt8(ascii: "]")),
                isAddress(Array(host[host.startIndex + 1..<end]), AF_INET6)
            else { return false }
            let port = host[(end + 1)...]
            return port.isEmpty || (port.first == UInt8(ascii: ":") && port.dropFirst().allSatisfy(\.isDigit))
        }
        let port = host.firstIndex(of: UInt8(ascii: ":")).map { host[($0 + 1)...] } ?? []
        return port.allSatisfy(\.isDigit) && isURIText(host.prefix { $0 != UInt8(ascii: ":") }, and: "")
    }

    private static func isURIText(_ text: ArraySlice<UInt8>, and further: String) -> Bool {
        var rest = text
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard rest.count >= 2, rest.prefix(2).allSatisfy(isHexadecimal) else { return false }
                rest = rest.dropFirst(2)
                continue
            }
            let isAllowed =
                isLetter(byte) || byte.isDigit || "-._~!$&'()*+,;=".utf8.contains(byte) || further.utf8.contains(byte)
            guard isAllowed else { return false }
        }
        return true
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

    private static func isHexadecimal(_ byte: UInt8) -> Bool { byte.isDigit || (byte | 0x20) &- 0x61 < 6 }
}

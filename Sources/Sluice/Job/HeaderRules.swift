/// What may stand in an endpoint's extra header lines.
package enum HeaderRules {
    /// These would carry a key in the open.
    private static let secret: Set<String> = [
        "authorization", "proxy-authorization", "api-key", "x-api-key", "x-goog-api-key", "cookie",
    ]
    /// These are the transfer's own business.
    private static let reserved: Set<String> = [
        "connection", "content-length", "content-type", "expect", "host", "te", "trailer", "transfer-encoding",
        "upgrade", "accept-encoding",
    ]

    /// Why a header line is refused; nil when it is fine. Its value is never repeated.
    package static func fault(of field: Endpoint.Field) -> String? {
        guard !field.name.isEmpty, field.name.utf8.allSatisfy(isTokenCharacter) else {
            return "a header's name may have letters, digits and '-' only"
        }
        let name = field.name.lowercased()
        if secret.contains(name) {
            return "'\(field.name)' would put a key into the job file; use key_env or key_file, and key_header"
        }
        if reserved.contains(name) { return "'\(field.name)' is set by the transfer itself; remove it" }
        guard field.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            return "the value of '\(field.name)' has a control character"
        }
        return nil
    }

    /// A name that shells accept: letters, digits and `_`, not beginning with a digit. Keys hardly ever look so: most
    /// have a `-` or are longer than any variable's name.
    package static func isVariableName(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 64, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { isTokenCharacter($0) && ($0 == 0x5F || isLetterOrDigit($0)) }
    }

    /// RFC 9110's `tchar`.
    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}

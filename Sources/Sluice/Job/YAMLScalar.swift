import Yams

/// A YAML scalar's value by the YAML 1.2 core schema, numbers kept as their text.
///
/// Where YAML 1.1 and 1.2 disagree (`yes`, `0x10`, `007`, `1_000`), or where JSON has no such value (`.inf`), the
/// scalar is refused with what to write instead: a silent guess would be sent to the provider a million times.
enum YAMLScalar: Equatable {
    case null
    case bool(Bool)
    /// JSON number text: as written where that is valid JSON, else respelled (`+1` is 1, `.5` is 0.5, `5.` is 5.0).
    case number(String)
    case string(String)

    struct Fault: Error, Equatable {
        let reason: String
    }

    init(_ scalar: Node.Scalar) throws(Fault) {
        let tag = scalar.tag.rawValue
        guard scalar.style == .plain || scalar.style == .any else {
            guard tag == "" || tag == "!" || tag == Self.prefix + "str" else { throw .init(reason: Self.badTag) }
            self = .string(scalar.string)
            return
        }
        switch tag {
        case "":
            self = try Self.core(scalar.string)
        case "!", Self.prefix + "str":
            self = .string(scalar.string)
        case Self.prefix + "int", Self.prefix + "float", Self.prefix + "bool", Self.prefix + "null":
            self = try Self.core(scalar.string)
            switch (self, tag.dropFirst(Self.prefix.count)) {
            case (.number, "int"), (.number, "float"), (.bool, "bool"), (.null, "null"): break
            default: throw .init(reason: "this is not what its tag says it is")
            }
        default:
            throw .init(reason: Self.badTag)
        }
    }

    private static let prefix = "tag:yaml.org,2002:"
    private static let badTag = "this tag has no meaning in JSON; remove it"

    static func core(_ text: String) throws(Fault) -> YAMLScalar {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        case "yes", "Yes", "YES", "on", "On", "ON":
            throw .init(reason: "this is text to some YAML readers and true to others; write true, or put it in quotes")
        case "no", "No", "NO", "off", "Off", "OFF":
            throw .init(
                reason: "this is text to some YAML readers and false to others; write false, or put it in quotes")
        case ".nan", ".NaN", ".NAN":
            throw .init(reason: "JSON has no such number; put it in quotes if it is text")
        default: break
        }
        let bytes = Array(text.utf8)
        guard let first = bytes.first, first < UInt8(ascii: ":") else { return .string(text) }
        return try number(bytes) ?? .string(text)
    }

    /// Nil when the text is no number by anybody's reading.
    private static func number(_ bytes: [UInt8]) throws(Fault) -> YAMLScalar? {
        if JSONNumber.isValid(bytes) { return .number(String(decoding: bytes, as: UTF8.self)) }
        let isSigned = bytes[0] == UInt8(ascii: "-") || bytes[0] == UInt8(ascii: "+")
        let unsigned = isSigned ? bytes.dropFirst() : bytes[...]
        guard let first = unsigned.first else { return nil }
        let rest = unsigned.dropFirst()
        if first == UInt8(ascii: "."), [Array("inf".utf8), Array("Inf".utf8), Array("INF".utf8)].contains(Array(rest)) {
            throw .init(reason: "JSON has no such number; put it in quotes if it is text")
        }
        if first == UInt8(ascii: "0"), let second = rest.first, rest.count > 1 {
            let digits = rest.dropFirst()
            let isHexadecimal = second == UInt8(ascii: "x") && digits.allSatisfy { isHexadecimalDigit($0) }
            let isOctal = second == UInt8(ascii: "o") && digits.allSatisfy { isDigit($0) && $0 < UInt8(ascii: "8") }
            if isHexadecimal || isOctal {
                throw .init(reason: "write this number in decimal, or put it in quotes if it is text")
            }
        }
        if isDigit(first), rest.contains(UInt8(ascii: "_")), rest.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: "_") })
        {
            throw .init(reason: "write this number without '_', or put it in quotes if it is text")
        }
        // What remains are the core schema's floats that JSON spells differently.
        let whole = unsigned.prefix(while: isDigit)
        var fraction = unsigned[whole.endIndex...]
        var exponent: ArraySlice<UInt8> = []
        if let mark = fraction.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) {
            exponent = fraction[mark...]
            fraction = fraction[..<mark]
        }
        guard fraction.isEmpty || fraction.first == UInt8(ascii: ".") else { return nil }
        let decimals = fraction.dropFirst()
        guard whole.count + decimals.count > 0 else { return nil }
        var respelled: [UInt8] = bytes[0] == UInt8(ascii: "-") ? [bytes[0]] : []
        respelled += whole.isEmpty ? [UInt8(ascii: "0")] : Array(whole)
        if !fraction.isEmpty {
            respelled.append(UInt8(ascii: "."))
            respelled += decimals.isEmpty ? [UInt8(ascii: "0")] : Array(decimals)
        }
        respelled += exponent
        if JSONNumber.isValid(respelled) { return .number(String(decoding: respelled, as: UTF8.self)) }
        let trimmed = respelled.drop { $0 == UInt8(ascii: "-") }.drop { $0 == UInt8(ascii: "0") }
        guard JSONNumber.isValid([UInt8(ascii: "1")] + trimmed) else { return nil }
        throw .init(reason: "JSON numbers have no leading zeros; remove them, or put this in quotes if it is text")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private static func isHexadecimalDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "f"))
    }
}

/// RFC 8259's grammar of numbers.
enum JSONNumber {
    static func isValid(_ text: some Collection<UInt8>) -> Bool {
        var rest = text[...]
        func digits() -> Int {
            let run = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            rest = rest[run.endIndex...]
            return run.count
        }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let startsWithZero = rest.first == UInt8(ascii: "0")
        let whole = digits()
        guard whole == 1 || (whole > 1 && !startsWithZero) else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard digits() > 0 else { return false }
        }
        if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
            rest = rest.dropFirst()
            if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest = rest.dropFirst() }
            guard digits() > 0 else { return false }
        }
        return rest.isEmpty
    }
}

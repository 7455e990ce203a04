import JSON

/// A JSON number exactly as it is written, of any size: 1, 1.0 and 1e0 are equal, 0.1 is a tenth, 1e400 is finite.
///
/// Exponents of more than eighteen digits are taken as the largest of eighteen.
struct JSONSchemaNumber: Comparable {
    private let isNegative: Bool
    /// Values 0 to 9 without zeros at either end; none for zero. The number is 0.DIGITS × 10^`exponent`.
    private let digits: [UInt8]
    private let exponent: Int

    private static let largestExponent = 999_999_999_999_999_999

    /// Nil when the value is no number.
    init?(_ value: JSONValue) {
        guard value.kind == .number else { return nil }
        self = value.withRawBytes { JSONSchemaNumber(text: $0) }
    }

    /// - Parameter text: a number of JSON's grammar.
    private init(text: UnsafeRawBufferPointer) {
        var digits: [UInt8] = []
        var point: Int?
        var power = 0
        var index = text.first == UInt8(ascii: "-") ? 1 : 0
        var position = 0
        var leadingZeros = 0
        scan: while index < text.count {
            let byte = text[index]
            index += 1
            switch byte {
            case UInt8(ascii: "."): point = position
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                power = Self.exponent(text[index...])
                break scan
            default:
                position += 1
                if digits.isEmpty && byte == UInt8(ascii: "0") {
                    leadingZeros += 1
                } else {
                    digits.append(byte & 0x0F)
                }
            }
        }
        while digits.last == 0 { digits.removeLast() }
        isNegative = text.first == UInt8(ascii: "-") && !digits.isEmpty
        exponent = digits.isEmpty ? 0 : (point ?? position) - leadingZeros + power
        self.digits = digits
    }

    private static func exponent(_ text: Slice<UnsafeRawBufferPointer>) -> Int {
        var value = 0
        for byte in text where byte.isDigit {
            value = value > largestExponent / 10 ? largestExponent : value * 10 + Int(byte & 0x0F)
        }
        return text.first == UInt8(ascii: "-") ? -value : value
    }

    var isInteger: Bool { digits.count <= exponent || digits.isEmpty }

    var isPositive: Bool { !isNegative && !digits.isEmpty }

    /// The number, where it is a whole one from 0 on; those that do not fit are `Int.max`.
    var count: Int? {
        guard !isNegative, isInteger else { return nil }
        guard exponent <= 18 else { return .max }
        var value = 0
        for position in 0..<exponent { value = value * 10 + (position < digits.count ? Int(digits[position]) : 0) }
        return value
    }

    /// The digits as one number, and by which power of ten to multiply it; nil when there are more than fifteen.
    var divisor: (value: UInt64, exponent: Int)? {
        guard isPositive, digits.count <= 15 else { return nil }
        return (digits.reduce(0) { $0 * 10 + UInt64($1) }, exponent - digits.count)
    }

    /// Whether the number is a whole multiple.
    func isMultiple(of divisor: (value: UInt64, exponent: Int)) -> Bool {
        guard !digits.isEmpty else { return true }
        // Neither has zeros at its end: what lacks a power of ten is no multiple of what has it.
        let power = exponent - digits.count - divisor.exponent
        guard power >= 0 else { return false }
        var remainder = digits.reduce(0) { ($0 * 10 + UInt64($1)) % divisor.value }
        var factor = 10 % divisor.value
        var rest = power
        while rest > 0, remainder != 0 {
            if rest & 1 == 1 { remainder = Self.product(remainder, factor, modulo: divisor.value) }
            factor = Self.product(factor, factor, modulo: divisor.value)
            rest >>= 1
        }
        return remainder == 0
    }

    private static func product(_ left: UInt64, _ right: UInt64, modulo: UInt64) -> UInt64 {
        modulo.dividingFullWidth(left.multipliedFullWidth(by: right)).remainder
    }

    static func < (left: Self, right: Self) -> Bool {
        guard left.isNegative == right.isNegative else { return left.isNegative }
        return left.isNegative ? right.magnitudeIsLess(than: left) : left.magnitudeIsLess(than: right)
    }

    private func magnitudeIsLess(than other: Self) -> Bool {
        guard !digits.isEmpty, !other.digits.isEmpty else { return digits.isEmpty && !other.digits.isEmpty }
        guard exponent == other.exponent else { return exponent < other.exponent }
        return digits.lexicographicallyPrecedes(other.digits)
    }

    /// Appends a text that is the same for equal numbers alone.
    func appendCanonical(to target: inout [UInt8]) {
        if isNegative { target.append(UInt8(ascii: "-")) }
        for digit in digits { target.append(digit | 0x30) }
        target.append(UInt8(ascii: "e"))
        JSONText.append(exponent, to: &target)
    }
}

/// Reads decimal text exactly, scaled to a whole number: never through a binary floating-point number.
enum ExactDecimal {
    enum Fault: Error, Equatable {
        case notANumber
        /// More decimal places than the unit has.
        case tooFine
        case tooLarge
    }

    /// `text` times ten to the power of `places`, e.g. `"1.75"` with 12 places is 1 750 000 000 000.
    ///
    /// Accepts digits with an optional fraction and exponent (`5`, `0.175`, `1e-6`), and no sign.
    ///
    /// - Parameter rounds: to the nearest whole number, instead of refusing what is finer.
    static func scaled(_ text: some Collection<UInt8>, places: Int, rounds: Bool = false) throws(Fault) -> Int64 {
        var value: Int64 = 0
        var exponent = places
        var digits = 0
        var index = text.startIndex
        var seenPoint = false
        // Trailing zeros of a fraction are held back, so that "0.50000000000000000000" is not too fine.
        var heldZeros = 0
        scan: while index != text.endIndex {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits += 1
                // Past 17 digits a fraction changes nothing that a number of this size could show.
                if rounds, seenPoint, value >= 100_000_000_000_000_000 { break }
                if seenPoint && byte == UInt8(ascii: "0") && !rounds {
                    heldZeros += 1
                } else {
                    for _ in 0..<heldZeros { value = try timesTen(value) }
                    value = try timesTen(value)
                    if seenPoint { exponent -= heldZeros + 1 }
                    heldZeros = 0
                    let (sum, overflow) = value.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
                    guard !overflow else { throw .tooLarge }
                    value = sum
                }
            case UInt8(ascii: "."):
                guard !seenPoint, digits > 0 else { throw .notANumber }
                seenPoint = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                exponent += try self.exponent(text[text.index(after: index)...])
                break scan
            default:
                throw .notANumber
            }
            index = text.index(after: index)
        }
        guard digits > 0 else { throw .notANumber }
        if value == 0 { return 0 }
        while exponent > 0 {
            value = try timesTen(value)
            exponent -= 1
        }
        while exponent < 0 {
            guard rounds || value % 10 == 0 else { throw .tooFine }
            // Half of the last digit dropped: what was dropped before it can only have made it less.
            value = exponent == -1 ? value / 10 + (value % 10 >= 5 ? 1 : 0) : value / 10
            exponent += 1
        }
        return value
    }

    private static func timesTen(_ value: Int64) throws(Fault) -> Int64 {
        let (product, overflow) = value.multipliedReportingOverflow(by: 10)
        guard !overflow else { throw .tooLarge }
        return product
    }

    private static func exponent(_ text: some Collection<UInt8>) throws(Fault) -> Int {
        guard text.count <= 4, let value = Int(String(decoding: text, as: UTF8.self)) else { throw .notANumber }
        return value
    }
}

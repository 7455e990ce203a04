/// An amount of US dollars in whole pico-dollars (10⁻¹²), so that the price of a single token is exact.
///
/// An `Int64` of them holds a little over nine million dollars; sums stop there instead of wrapping around.
package struct Money: Sendable, Hashable, Comparable {
    package var picoDollars: Int64

    package static let zero = Money(picoDollars: 0)
    package static let picoDollarsPerDollar: Int64 = 1_000_000_000_000

    package init(picoDollars: Int64) {
        self.picoDollars = picoDollars
    }

    /// Reads an amount such as `5`, `0.175` or `1e-6`; nil when it is not one, has a sign, is finer than a
    /// pico-dollar or too large.
    package init?(dollars text: some StringProtocol) {
        guard let value = try? ExactDecimal.scaled(text.utf8, places: 12) else { return nil }
        picoDollars = value
    }

    package static func < (left: Money, right: Money) -> Bool {
        left.picoDollars < right.picoDollars
    }

    package static func + (left: Money, right: Money) -> Money {
        let (sum, overflow) = left.picoDollars.addingReportingOverflow(right.picoDollars)
        guard overflow else { return Money(picoDollars: sum) }
        return Money(picoDollars: left.picoDollars < 0 ? .min : .max)
    }

    package static func += (left: inout Money, right: Money) {
        left = left + right
    }
}

extension Money: CustomStringConvertible {
    /// Dollars in plain decimal text, e.g. `0.02649675`; no currency sign, no trailing zeros.
    package var description: String {
        let (whole, fraction) = picoDollars.magnitude.quotientAndRemainder(
            dividingBy: Self.picoDollarsPerDollar.magnitude)
        var text = (picoDollars < 0 ? "-" : "") + String(whole)
        if fraction > 0 {
            let digits = String(fraction)
            text += "." + String(repeating: "0", count: 12 - digits.utf8.count) + digits
            while text.utf8.last == UInt8(ascii: "0") { text.removeLast() }
        }
        return text
    }
}

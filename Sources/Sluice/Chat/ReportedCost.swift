/// Reads what a provider says one answer cost.
enum ReportedCost {
    /// US dollars in decimal text (`0.00014`, `1.41e-05`) as whole pico-dollars, rounded to the nearest.
    ///
    /// Providers compute costs in binary floating point, so `0.00014100000000000001` is common: digits that a
    /// pico-dollar cannot hold are rounded away instead of refused. Nil for a sign, `None`, an empty text, an amount
    /// over nine million dollars.
    static func picoDollars(_ text: ArraySlice<UInt8>) -> Int64? {
        var value: Int64 = 0
        var exponent = 12
        var digits = 0
        var seenPoint = false
        var position = text.startIndex
        while position < text.endIndex {
            let byte = text[position]
            if byte.isDigit {
                digits += 1
                if value < 100_000_000_000_000_000 {
                    value = value * 10 + Int64(byte - 0x30)
                    if seenPoint { exponent -= 1 }
                } else if !seenPoint {
                    exponent += 1
                }
            } else if byte == UInt8(ascii: "."), !seenPoint, digits > 0 {
                seenPoint = true
            } else if byte.lowercased == UInt8(ascii: "e"), digits > 0 {
                guard let power = self.power(text[(position + 1)...]) else { return nil }
                exponent += power
                break
            } else {
                return nil
            }
            position += 1
        }
        guard digits > 0, digits <= 400 else { return nil }
        return scaled(value, by: exponent)
    }

    /// `value · 10^exponent`, rounded to the nearest whole number.
    private static func scaled(_ value: Int64, by exponent: Int) -> Int64? {
        var value = value
        var exponent = exponent
        while exponent > 0, value != 0 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            value = product
            exponent -= 1
        }
        while exponent < -1, value != 0 {
            value /= 10
            exponent += 1
        }
        return exponent == -1 ? (value + 5) / 10 : value
    }

    private static func power(_ text: ArraySlice<UInt8>) -> Int? {
        guard text.count <= 4 else { return nil }
        return Int(String(decoding: text, as: UTF8.self))
    }
}

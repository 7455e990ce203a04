/// Reads lengths of time as endpoints write them.
enum DurationText {
    /// Go's form, as in `x-ratelimit-reset-*`: `1s`, `6m0s`, `20ms`, `2m59.56s`, `1h2m`; nil for anything else.
    ///
    /// `1d` is read too. Fractions finer than a nanosecond are dropped.
    static func goDuration(_ text: ArraySlice<UInt8>) -> Duration? {
        var position = text.startIndex
        var total: Int64 = 0
        guard !text.isEmpty else { return nil }
        while position < text.endIndex {
            guard let number = Decimal(in: text, at: &position), let unit = unit(in: text, at: &position),
                let nanoseconds = number.times(unit)
            else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(nanoseconds)
            guard !overflow else { return nil }
            total = sum
        }
        return .nanoseconds(total)
    }

    /// A bare number of `unit` nanoseconds each, whole or with a fraction: `20`, `1.5`; nil for anything else.
    static func number(_ text: ArraySlice<UInt8>, unit: Int64 = 1_000_000_000) -> Duration? {
        var position = text.startIndex
        guard let number = Decimal(in: text, at: &position), position == text.endIndex else { return nil }
        return number.times(unit).map { .nanoseconds($0) }
    }

    /// Nanoseconds in the unit that stands at `position`; `ms` is tried before `m`.
    private static func unit(in text: ArraySlice<UInt8>, at position: inout Int) -> Int64? {
        let rest = text[position...]
        for (name, value) in units where rest.starts(with: name) {
            position += name.count
            return value
        }
        return nil
    }

    private static let units: [(name: [UInt8], nanoseconds: Int64)] = [
        (Array("ms".utf8), 1_000_000),
        (Array("us".utf8), 1_000),
        (Array("µs".utf8), 1_000),
        (Array("μs".utf8), 1_000),
        (Array("ns".utf8), 1),
        (Array("d".utf8), 86_400_000_000_000),
        (Array("h".utf8), 3_600_000_000_000),
        (Array("m".utf8), 60_000_000_000),
        (Array("s".utf8), 1_000_000_000),
    ]

    /// Digits with at most one point, as whole part and billionths.
    private struct Decimal {
        var whole: Int64 = 0
        var billionths: Int64 = 0

        init?(in text: ArraySlice<UInt8>, at position: inout Int) {
            let start = position
            while position < text.endIndex, text[position].isDigit {
                guard whole < 1_000_000_000_000_000 else { return nil }
                whole = whole * 10 + Int64(text[position] - 0x30)
                position += 1
            }
            guard position > start else { return nil }
            guard position < text.endIndex, text[position] == UInt8(ascii: ".") else { return }
            position += 1
            let point = position
            var place: Int64 = 100_000_000
            while position < text.endIndex, text[position].isDigit {
                billionths += place * Int64(text[position] - 0x30)
                place /= 10
                position += 1
            }
            guard position > point else { return nil }
        }

        func times(_ unit: Int64) -> Int64? {
            let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
            guard !overflow else { return nil }
            // Scaled down first: a billionth of a day times a billion does not fit.
            let fraction = unit >= 1000 ? billionths * (unit / 1000) / 1_000_000 : billionths * unit / 1_000_000_000
            let (sum, more) = product.addingReportingOverflow(fraction)
            return more ? nil : sum
        }
    }
}

extension Duration {
    private static let units: [(name: String, places: Int, factor: Int64)] = [
        ("ms", 6, 1), ("s", 9, 1), ("m", 9, 60), ("h", 9, 3600), ("d", 9, 86_400),
    ]

    /// Reads a length of time with its unit, such as `10s`, `500ms`, `1.5s`, `2m`, `1h` or `1h30m`; nil for
    /// anything else. Exact to the nanosecond.
    package init?(text: some StringProtocol) {
        var rest = text.utf8[...]
        var total: Int64 = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let number = rest.prefix { $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            rest = rest[number.endIndex...]
            let name = rest.prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
            rest = rest[name.endIndex...]
            guard let unit = Self.units.first(where: { $0.name.utf8.elementsEqual(name) }),
                let count = try? ExactDecimal.scaled(number, places: unit.places)
            else { return nil }
            let (nanoseconds, tooLong) = count.multipliedReportingOverflow(by: unit.factor)
            let (sum, overflow) = total.addingReportingOverflow(nanoseconds)
            guard !tooLong, !overflow else { return nil }
            total = sum
        }
        self = .nanoseconds(total)
    }
}

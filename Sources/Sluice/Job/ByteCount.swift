/// A number of bytes.
package struct ByteCount: Sendable, Hashable, Comparable {
    package var bytes: Int

    package init(bytes: Int) {
        self.bytes = bytes
    }

    package static func mebibytes(_ count: Int) -> ByteCount {
        ByteCount(bytes: count << 20)
    }

    private static let units: [(name: String, bytes: Int64)] = [
        ("B", 1), ("kB", 1000), ("KB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000),
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30),
    ]

    /// Reads a size with its unit, such as `64MiB`, `500kB` or `1024B`; nil for anything else.
    package init?(_ text: some StringProtocol) {
        let digits = text.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let name = String(text[digits.endIndex...]).drop { $0 == " " }
        guard let unit = Self.units.first(where: { $0.name == name }),
            let count = try? ExactDecimal.scaled(digits, places: 0)
        else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: unit.bytes)
        guard !overflow, let exact = Int(exactly: bytes) else { return nil }
        self.bytes = exact
    }

    package static func < (left: ByteCount, right: ByteCount) -> Bool {
        left.bytes < right.bytes
    }
}

extension ByteCount: CustomStringConvertible {
    /// The largest binary unit that is exact, e.g. `64MiB`.
    package var description: String {
        for (name, shift) in [("GiB", 30), ("MiB", 20), ("KiB", 10)] where bytes > 0 && bytes % (1 << shift) == 0 {
            return "\(bytes >> shift)\(name)"
        }
        return "\(bytes)B"
    }
}

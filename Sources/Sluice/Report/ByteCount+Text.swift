extension ByteCount {
    /// For people: `512 B`, `3.4 kB`, `20.0 MB`.
    package var rounded: String {
        guard bytes >= 1000 else { return "\(bytes) B" }
        var tenths = (bytes + 50) / 100
        var units = ["kB", "MB", "GB", "TB"]
        while tenths >= 10_000, units.count > 1 {
            tenths = (tenths + 500) / 1000
            units.removeFirst()
        }
        return "\(tenths / 10).\(tenths % 10) \(units[0])"
    }
}

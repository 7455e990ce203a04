/// Gathers ascending numbers into ranges that have no gaps.
struct Neighbours {
    private var range: ClosedRange<Int64>?

    /// - Returns: the range before, where the number does not follow it at once.
    mutating func add(_ number: Int64) -> ClosedRange<Int64>? {
        if let range, number == range.upperBound + 1 {
            self.range = range.lowerBound...number
            return nil
        }
        let before = range
        range = number...number
        return before
    }

    mutating func end() -> ClosedRange<Int64>? {
        defer { range = nil }
        return range
    }
}

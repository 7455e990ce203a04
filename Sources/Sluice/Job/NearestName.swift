/// Finds the name that a mistyped one was most likely meant to be.
enum NearestName {
    /// Longer names are not compared: nobody mistypes them, and the comparison is quadratic.
    private static let maximumLength = 64

    /// The candidate fewest edits away, if it is near enough to be a likely typing mistake: at most a third of the
    /// name's letters, and at most three.
    static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
        let typed = folded(name)
        guard !typed.isEmpty, typed.count <= maximumLength else { return nil }
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let other = folded(candidate)
            guard other.count <= maximumLength else { continue }
            let distance = edits(typed, other)
            let length = max(typed.count, other.count)
            guard distance < length, distance <= min(3, max(1, length / 3)) else { continue }
            if distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.name
    }

    /// Case, `-` and `_` are what people mix up without mistyping: they do not count.
    private static func folded(_ name: String) -> [UInt8] {
        name.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            case UInt8(ascii: "-"), UInt8(ascii: " "): UInt8(ascii: "_")
            default: byte
            }
        }
    }

    /// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
    static func edits(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        var current = last
        for row in left.indices {
            current[0] = row + 1
            for column in right.indices {
                let substitution = last[column] + (left[row] == right[column] ? 0 : 1)
                var fewest = min(substitution, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    fewest = min(fewest, beforeLast[column - 1] + 1)
                }
                current[column + 1] = fewest
            }
            (beforeLast, last, current) = (last, current, beforeLast)
        }
        return last[right.count]
    }
}

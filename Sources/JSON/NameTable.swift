/// Names that a reader knows, by their lengths: a text is compared only with those that are as long as it is.
@usableFromInline
package struct NameTable: Sendable {
    /// Places in the list of names, shorter ones first.
    @usableFromInline let order: [Int]
    /// The names in that order, one after the other.
    @usableFromInline let text: [UInt8]
    /// Where each begins in `text`, and where the last one ends.
    @usableFromInline let places: [Int]
    /// For each length the first name that is as long or longer.
    @usableFromInline let firstOfLength: [Int]

    package init(_ names: [String]) {
        let lengths = names.map(\.utf8.count)
        let order = names.indices.sorted { lengths[$0] < lengths[$1] }
        self.order = order
        text = order.flatMap { Array(names[$0].utf8) }
        places = order.reduce(into: [0]) { $0.append(($0.last ?? 0) + lengths[$1]) }
        firstOfLength = (0...(lengths.max() ?? 0) + 1).map { length in
            order.firstIndex { lengths[$0] >= length } ?? order.count
        }
    }

    /// The first name of so many bytes that is alike, by its place in the list; nil where there is none.
    @inlinable
    @inline(__always)
    package func index(ofLength length: Int, where isAlike: (UnsafeRawBufferPointer) -> Bool) -> Int? {
        guard length + 1 < firstOfLength.count else { return nil }
        let candidates = firstOfLength[length]..<firstOfLength[length + 1]
        guard !candidates.isEmpty else { return nil }
        return text.withUnsafeBytes { text in
            // Those of one length stand one after the other.
            var name = text.baseAddress.map { $0 + places[candidates.lowerBound] }
            for candidate in candidates {
                if isAlike(UnsafeRawBufferPointer(start: name, count: length)) { return order[candidate] }
                name = name.map { $0 + length }
            }
            return nil
        }
    }

    /// The first name that is alike, whatever its length.
    func index(where isAlike: (UnsafeRawBufferPointer) -> Bool) -> Int? {
        text.withUnsafeBytes { text in
            order.indices.first { isAlike(UnsafeRawBufferPointer(rebasing: text[places[$0]..<places[$0 + 1]])) }
                .map { order[$0] }
        }
    }
}

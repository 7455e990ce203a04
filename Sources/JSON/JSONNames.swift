import CSimdjson

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The names of members that a reader knows: one look at a key tells which of them it is, or that it is none.
package struct JSONNames: Sendable {
    /// Places in the list of names, shorter ones first.
    private let order: [Int]
    /// The names in that order, one after the other.
    private let text: [UInt8]
    /// Where each begins in `text`, and where the last one ends.
    private let places: [Int]
    /// For each length the first name that is as long or longer.
    private let firstOfLength: [Int]

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

    /// Which of the names a key spells, by its place in the list; nil where it is none.
    package func index(of key: JSONValue) -> Int? {
        let node = key.node
        guard node.kind == .string else { return nil }
        // Escapes in a key are rare: then each name is compared with what it decodes to.
        if node.hasEscapes {
            return text.withUnsafeBytes { text in
                order.indices.first {
                    key.isString(node, UnsafeRawBufferPointer(rebasing: text[places[$0]..<places[$0 + 1]]))
                }.map { order[$0] }
            }
        }
        let length = Int(node.end) - Int(node.start) - 2
        guard length + 1 < firstOfLength.count else { return nil }
        let written = key.parser.document.text + Int(node.start) + 1
        return text.withUnsafeBufferPointer { text in
            for index in firstOfLength[length]..<firstOfLength[length + 1]
            where memcmp(written, text.baseAddress.map { $0 + places[index] } ?? written, length) == 0 {
                return order[index]
            }
            return nil
        }
    }
}

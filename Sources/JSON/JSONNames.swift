import CSimdjson

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The names of members that a reader knows: one look at a key tells which of them it is, or that it is none.
@usableFromInline
package struct JSONNames: Sendable {
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

    /// Which of the names a key spells, by its place in the list; nil where it is none.
    @inlinable
    package func index(of key: JSONValue) -> Int? { index(of: key.node, key) }

    /// Calls `body` for each member of an object whose name is known, in written order, with the name's place in the
    /// list; a name that is repeated comes again. Of other kinds there are none.
    ///
    /// Members of other names cost a look at their keys, and no value is made of them.
    @inlinable
    package func forEachMember(of object: JSONValue, _ body: (Int, JSONValue) -> Void) {
        let node = object.node
        guard node.kind == .object else { return }
        var member = object.index + 1
        while member < node.next {
            let value = member + 1
            if let name = index(of: object.nodes[Int(member)], object) {
                body(name, JSONValue(parser: object.parser, index: value))
            }
            member = object.nodes[Int(value)].next
        }
    }

    /// - Parameter value: any of the node's document.
    @inlinable
    @inline(__always)
    func index(of node: sluice_json_node, _ value: JSONValue) -> Int? {
        guard node.isPlainString else { return node.hasEscapes ? index(ofEscaped: node, value) : nil }
        let length = node.contentLength
        guard length + 1 < firstOfLength.count else { return nil }
        let candidates = firstOfLength[length]..<firstOfLength[length + 1]
        guard !candidates.isEmpty else { return nil }
        let written = value.parser.document.text + Int(node.start) + 1
        return text.withUnsafeBytes { text in
            // Those of one length stand one after the other. Of the empty name there is nothing to compare.
            guard var name = text.baseAddress.map({ $0 + places[candidates.lowerBound] }) else { return order.first }
            for index in candidates {
                if memcmp(written, name, length) == 0 { return order[index] }
                name += length
            }
            return nil
        }
    }

    /// Escapes in a key are rare: each name is compared with what it decodes to.
    @usableFromInline
    func index(ofEscaped node: sluice_json_node, _ value: JSONValue) -> Int? {
        text.withUnsafeBytes { text in
            order.indices.first {
                value.isString(node, UnsafeRawBufferPointer(rebasing: text[places[$0]..<places[$0 + 1]]))
            }.map { order[$0] }
        }
    }
}

import CSimdjson

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The names of members that a reader knows: one look at a key tells which of them it is, or that it is none.
@usableFromInline
package struct JSONNames: Sendable {
    @usableFromInline let table: NameTable

    package init(_ names: [String]) { table = NameTable(names) }

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
        let written = value.parser.document.text + Int(node.start) + 1
        return table.index(ofLength: length) { name in
            // Of the empty name there may be no address, and is nothing to compare.
            name.baseAddress.map { memcmp(written, $0, length) == 0 } ?? true
        }
    }

    /// Escapes in a key are rare: each name is compared with what it decodes to.
    @usableFromInline
    func index(ofEscaped node: sluice_json_node, _ value: JSONValue) -> Int? {
        table.index { value.isString(node, $0) }
    }
}

import CSimdjson

/// A value inside the document that a parser holds; small, and good until that parser's next parse.
package struct JSONValue {
    package enum Kind: UInt8, Sendable { case object, array, string, number, bool, null }

    let parser: JSONParser
    let index: UInt32
    private let generation: UInt32

    init(parser: JSONParser, index: UInt32) {
        self.parser = parser
        self.index = index
        generation = parser.generation
    }

    var node: sluice_json_node {
        precondition(generation == parser.generation, "a JSON value was used after its parser's next parse")
        return parser.document.nodes[Int(index)]
    }

    package var kind: Kind { node.kind }

    /// Where the value stands in the document: byte offsets, without white space around, with a string's quotes.
    package var range: Range<Int> {
        let node = node
        return Int(node.start)..<Int(node.end)
    }

    /// The bytes as written.
    package var rawBytes: [UInt8] { withRawBytes { [UInt8]($0) } }

    /// Lends the bytes as written for the length of the closure.
    package func withRawBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try body(UnsafeRawBufferPointer(rebasing: document(range)))
    }

    package func appendRaw(to target: inout [UInt8]) {
        target.append(contentsOf: document(range))
    }

    /// The value of an object's member; of the last one where a key is repeated. Nil on other kinds.
    package subscript(_ key: String) -> JSONValue? {
        let node = node
        guard node.kind == .object else { return nil }
        var key = key
        return key.withUTF8 { key in
            var found: UInt32?
            var member = index + 1
            while member < node.next {
                let value = member + 1
                if isString(parser.document.nodes[Int(member)], UnsafeRawBufferPointer(key)) { found = value }
                member = parser.document.nodes[Int(value)].next
            }
            return found.map { JSONValue(parser: parser, index: $0) }
        }
    }

    /// An array's element; takes time in proportion to the index. Nil past the end and on other kinds.
    package subscript(_ position: Int) -> JSONValue? {
        let node = node
        guard node.kind == .array, position >= 0, position < node.count else { return nil }
        var element = index + 1
        for _ in 0..<position { element = parser.document.nodes[Int(element)].next }
        return JSONValue(parser: parser, index: element)
    }

    /// Members of an object, elements of an array, else 0.
    package var count: Int { node.count }

    /// An object's members in written order, repeated keys included; none on other kinds.
    package var members: JSONMembers { JSONMembers(of: self) }

    /// An array's elements; none on other kinds.
    package var elements: JSONElements { JSONElements(of: self) }

    /// The document's bytes in a range of offsets.
    func document(_ range: Range<Int>) -> Slice<UnsafeRawBufferPointer> {
        UnsafeRawBufferPointer(start: parser.document.text, count: Int(parser.document.length))[range]
    }
}

extension sluice_json_node {
    var kind: JSONValue.Kind {
        JSONValue.Kind(rawValue: UInt8(truncatingIfNeeded: tag & UInt32(sluice_json_kind_mask))) ?? .null
    }

    var hasEscapes: Bool { tag & UInt32(sluice_json_has_escapes) != 0 }

    var count: Int { Int(tag >> UInt32(sluice_json_count_shift)) }
}

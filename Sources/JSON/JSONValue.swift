import CSimdjson

/// A value inside the document that a parser holds; small, and good until that parser's next parse.
///
/// What only looks at a node is inlinable: readers ask so much of each value that calls would be most of their work.
@usableFromInline
package struct JSONValue {
    @usableFromInline
    package enum Kind: Sendable {
        case object, array, string, number, bool, null

        /// What the compiler writes is reached through a table from other modules, and many ask.
        @inlinable
        package static func == (left: Kind, right: Kind) -> Bool {
            switch (left, right) {
            case (.object, .object), (.array, .array), (.string, .string), (.number, .number), (.bool, .bool),
                (.null, .null):
                true
            default: false
            }
        }
    }

    @usableFromInline let parser: JSONParser
    @usableFromInline let index: UInt32
    @usableFromInline let generation: UInt32

    @inlinable
    init(parser: JSONParser, index: UInt32) {
        self.parser = parser
        self.index = index
        generation = parser.generation
    }

    @inlinable
    var node: sluice_json_node { nodes[Int(index)] }

    /// All nodes of the value's document; not to be kept across anything that may parse.
    @inlinable
    var nodes: UnsafePointer<sluice_json_node> {
        precondition(generation == parser.generation, "a JSON value was used after its parser's next parse")
        return parser.document.nodes
    }

    @inlinable
    package var kind: Kind { node.kind }

    /// Where the value stands in the document: byte offsets, without white space around, with a string's quotes.
    @inlinable
    package var range: Range<Int> {
        let node = node
        return Int(node.start)..<Int(node.end)
    }

    /// The bytes as written.
    package var rawBytes: [UInt8] { withRawBytes { [UInt8]($0) } }

    /// Lends the bytes as written for the length of the closure.
    @inlinable
    package func withRawBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try body(UnsafeRawBufferPointer(rebasing: document(range)))
    }

    package func appendRaw(to target: inout [UInt8]) {
        target.append(contentsOf: document(range))
    }

    /// The value of an object's member; of the last one where a key is repeated. Nil on other kinds.
    package subscript(_ key: String) -> JSONValue? {
        let nodes = nodes
        let node = nodes[Int(index)]
        guard node.kind == .object else { return nil }
        var key = key
        return key.withUTF8 { key in
            let key = UnsafeRawBufferPointer(key)
            var found: UInt32?
            var member = index + 1
            while member < node.next {
                let value = member + 1
                if isString(nodes[Int(member)], key) { found = value }
                member = nodes[Int(value)].next
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
    @inlinable
    package var count: Int { node.count }

    /// An object's members in written order, repeated keys included; none on other kinds.
    @inlinable
    package var members: JSONMembers { JSONMembers(of: self) }

    /// An array's elements; none on other kinds.
    @inlinable
    package var elements: JSONElements { JSONElements(of: self) }

    /// The document's bytes in a range of offsets.
    @inlinable
    func document(_ range: Range<Int>) -> Slice<UnsafeRawBufferPointer> {
        UnsafeRawBufferPointer(start: parser.document.text, count: Int(parser.document.length))[range]
    }
}

extension sluice_json_node {
    @inlinable
    var kind: JSONValue.Kind {
        switch tag & UInt32(sluice_json_kind_mask) {
        case UInt32(sluice_json_object): .object
        case UInt32(sluice_json_array): .array
        case UInt32(sluice_json_string): .string
        case UInt32(sluice_json_number): .number
        case UInt32(sluice_json_bool): .bool
        default: .null
        }
    }

    /// A string that stands as it is, without escapes.
    @inlinable
    var isPlainString: Bool {
        tag & UInt32(sluice_json_kind_mask | sluice_json_has_escapes) == UInt32(sluice_json_string)
    }

    /// How many bytes stand between a string's quotes.
    @inlinable
    var contentLength: Int { Int(end) - Int(start) - 2 }

    @inlinable
    var hasEscapes: Bool { tag & UInt32(sluice_json_has_escapes) != 0 }

    @inlinable
    var count: Int { Int(tag >> UInt32(sluice_json_count_shift)) }
}

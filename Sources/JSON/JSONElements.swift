import CSimdjson

/// The elements of an array in written order.
@usableFromInline
package struct JSONElements: Sequence, IteratorProtocol {
    @usableFromInline let parser: JSONParser
    @usableFromInline var upcoming: UInt32
    @usableFromInline let end: UInt32

    @inlinable
    init(of value: JSONValue) {
        let node = value.node
        parser = value.parser
        upcoming = value.index + 1
        end = node.kind == .array ? node.next : 0
    }

    @inlinable
    package mutating func next() -> JSONValue? {
        guard upcoming < end else { return nil }
        let element = JSONValue(parser: parser, index: upcoming)
        upcoming = element.node.next
        return element
    }
}

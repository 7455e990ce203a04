import CSimdjson

/// The members of an object in written order, as pairs of a key (a string value) and its value.
@usableFromInline
package struct JSONMembers: Sequence, IteratorProtocol {
    @usableFromInline let parser: JSONParser
    @usableFromInline var upcoming: UInt32
    @usableFromInline let end: UInt32

    @inlinable
    init(of value: JSONValue) {
        let node = value.node
        parser = value.parser
        upcoming = value.index + 1
        end = node.kind == .object ? node.next : 0
    }

    @inlinable
    package mutating func next() -> (key: JSONValue, value: JSONValue)? {
        guard upcoming < end else { return nil }
        let key = JSONValue(parser: parser, index: upcoming)
        let value = JSONValue(parser: parser, index: upcoming + 1)
        upcoming = value.node.next
        return (key, value)
    }
}

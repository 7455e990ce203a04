/// The members of an object in written order, as pairs of a key (a string value) and its value.
package struct JSONMembers: Sequence, IteratorProtocol {
    private let parser: JSONParser
    private var upcoming: UInt32
    private let end: UInt32

    init(of value: JSONValue) {
        let node = value.node
        parser = value.parser
        upcoming = value.index + 1
        end = node.kind == .object ? node.next : 0
    }

    package mutating func next() -> (key: JSONValue, value: JSONValue)? {
        guard upcoming < end else { return nil }
        let key = JSONValue(parser: parser, index: upcoming)
        let value = JSONValue(parser: parser, index: upcoming + 1)
        upcoming = value.node.next
        return (key, value)
    }
}

/// The elements of an array in written order.
package struct JSONElements: Sequence, IteratorProtocol {
    private let parser: JSONParser
    private var upcoming: UInt32
    private let end: UInt32

    init(of value: JSONValue) {
        let node = value.node
        parser = value.parser
        upcoming = value.index + 1
        end = node.kind == .array ? node.next : 0
    }

    package mutating func next() -> JSONValue? {
        guard upcoming < end else { return nil }
        let element = JSONValue(parser: parser, index: upcoming)
        upcoming = element.node.next
        return element
    }
}

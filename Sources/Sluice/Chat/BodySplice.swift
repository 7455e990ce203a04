/// A change to a request's body: bytes put in place of those at some offsets; the rest travels as it was written.
package struct BodySplice: Sendable, Equatable {
    /// Offsets in the body as it was; empty where something is only put in.
    package let range: Range<Int>
    package let replacement: [UInt8]

    package init(range: Range<Int>, replacement: [UInt8]) {
        self.range = range
        self.replacement = replacement
    }

    /// The body with all changes made. They must not overlap, and may come in any order; of several at one offset the
    /// first comes first.
    package static func applying(_ splices: [BodySplice], to body: [UInt8]) -> [UInt8] {
        let sorted = splices.enumerated()
            .sorted { ($0.element.range.lowerBound, $0.offset) < ($1.element.range.lowerBound, $1.offset) }
            .map(\.element)
        var result: [UInt8] = []
        result.reserveCapacity(body.count + sorted.reduce(0) { $0 + $1.replacement.count })
        var position = 0
        for splice in sorted {
            precondition(splice.range.lowerBound >= position && splice.range.upperBound <= body.count)
            result += body[position..<splice.range.lowerBound]
            result += splice.replacement
            position = splice.range.upperBound
        }
        return result + body[position...]
    }
}

/// Why an expectation can be held against no answer. A sentence without a subject: "has the unknown keyword 'minimun'
/// at /properties/price; did you mean 'minimum'?"
package struct ExpectationFault: Error, Equatable, Sendable, CustomStringConvertible {
    package let reason: String
    /// Which of the expectation's kinds is at fault.
    package var kind = 0
    /// Where in a schema: names and positions from its root, those of the faulty keyword last. Empty elsewhere.
    package var place: [String] = []

    package var description: String { reason }
}

/// What becomes of an answer that stops at the token limit.
package enum TruncationPolicy: Sendable, Equatable {
    /// It is recorded as it is, as `truncated`.
    case keep
    /// The row is `failed`.
    case fail
    /// It is asked for again with its limit times `factor`, until the limit is `cap`; what is cut short then is
    /// `truncated`.
    case grow(factor: Double, cap: Int)

    package static let standardFactor = 2.0
    /// Twice 16,384, which is where the chat models of several providers end; a request that starts with 4,096 has
    /// three further tries.
    package static let standardCap = 32_768
    package static let factorRange = 1.1...100.0
    package static let capRange = 1...100_000_000

    package static let grow = TruncationPolicy.grow(factor: standardFactor, cap: standardCap)

    /// By its name alone; nil when there is no such policy.
    package init?(name: String) {
        switch name {
        case "keep": self = .keep
        case "fail": self = .fail
        case "grow": self = .grow
        default: return nil
        }
    }

    package static let names = ["keep", "fail", "grow"]
}

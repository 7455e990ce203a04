/// How many requests may be in flight at once.
package enum Concurrency: Sendable, Equatable {
    /// So many, and fewer only while the endpoint turns requests away.
    case fixed(Int)
    /// As many as the endpoint makes use of.
    case automatic(maximum: Int)

    package static let range = 1...65_536
    /// Up to so many, where nobody states a number.
    package static let unstated = Concurrency.automatic(maximum: 1024)

    /// The most that may ever be in flight.
    package var most: Int {
        switch self {
        case .fixed(let number), .automatic(maximum: let number): max(1, number)
        }
    }
}

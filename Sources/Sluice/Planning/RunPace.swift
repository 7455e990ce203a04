/// How fast a job's limits let it go.
package struct RunPace: Sendable, Equatable {
    package enum Quantity: Sendable {
        case requests, tokens, promptTokens, completionTokens
    }

    /// So much of a quantity in a minute, and what holds a run back that keeps to it.
    package struct Rate: Sendable, Equatable {
        package var key: Hold
        package var quantity: Quantity
        package var perMinute: Double
    }

    /// Requests in flight; nil where the run finds by itself how many.
    package var concurrency: Int?
    package var rates: [Rate] = []

    /// - Parameter limits: of each endpoint that rows may go to: together they let through the sum.
    package init(_ limits: [Limits]) {
        concurrency = limits.reduce(0) { $0 + $1.concurrency }
        add(.requestsPerMinute, .requests, limits.map(\.requestsPerMinute))
        add(.tokensPerMinute, .tokens, limits.map(\.tokensPerMinute))
    }

    /// Where one endpoint has no such limit, there is none.
    private mutating func add(_ key: Hold, _ quantity: Quantity, _ numbers: [Int?], minutes: Double = 1) {
        let known = numbers.compactMap { $0 }
        guard !known.isEmpty, known.count == numbers.count else { return }
        let sum = known.reduce(0.0) { $0 + Double($1) }
        rates.append(Rate(key: key, quantity: quantity, perMinute: sum / minutes))
    }
}

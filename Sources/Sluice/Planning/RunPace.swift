/// How fast a job's limits let it go.
package struct RunPace: Sendable, Equatable {
    package enum Quantity: Sendable {
        case requests, tokens, promptTokens, completionTokens
    }

    /// So much of a quantity in a span, and what holds a run back that keeps to it.
    package struct Rate: Sendable, Equatable {
        package var key: Hold
        package var quantity: Quantity
        package var number: Double
        package var span: Duration
        /// The whole number may be used as soon as the run begins.
        package var isUnpaced: Bool

        /// How long so much of it takes.
        func seconds(for amount: TotalEstimate) -> TotalEstimate {
            let seconds = amount.scaled(by: span.inSeconds / number)
            return isUnpaced ? seconds.lowered(by: span.inSeconds) : seconds
        }
    }

    /// Requests in flight; nil where the run finds by itself how many.
    package private(set) var concurrency: Int?
    package private(set) var rates: [Rate] = []

    /// - Parameter limits: of each endpoint that rows may go to: together they let through the sum.
    package init(_ limits: [Limits]) {
        let stated = limits.compactMap { if case .fixed(let number) = $0.concurrency { number } else { nil } }
        concurrency = stated.count == limits.count ? stated.reduce(0, +) : nil
        add(.requestsPerMinute, .requests, limits.map(\.requestsPerMinute))
        add(.tokensPerMinute, .tokens, limits.map(\.tokensPerMinute))
        add(.inputTokensPerMinute, .promptTokens, limits.map(\.inputTokensPerMinute))
        add(.outputTokensPerMinute, .completionTokens, limits.map(\.outputTokensPerMinute))
        add(.requestsPerDay, .requests, limits.map(\.requestsPerDay), isDaily: true)
        add(.tokensPerDay, .tokens, limits.map(\.tokensPerDay), isDaily: true)
    }

    /// Where one endpoint has no such limit, there is none.
    private mutating func add(_ key: Hold, _ quantity: Quantity, _ numbers: [Int?], isDaily: Bool = false) {
        let known = numbers.compactMap { $0 }
        guard !known.isEmpty, known.count == numbers.count else { return }
        rates.append(
            Rate(
                key: key, quantity: quantity, number: known.reduce(0.0) { $0 + Double($1) },
                span: .seconds(isDaily ? 86_400 : 60), isUnpaced: isDaily))
    }
}

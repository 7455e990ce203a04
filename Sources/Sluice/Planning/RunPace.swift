/// How fast a job's limits let it go.
package struct RunPace: Sendable, Equatable {
    package enum Quantity: Sendable {
        case requests, tokens, promptTokens, completionTokens
    }

    /// So much of a quantity in a minute, by the key of the job file that says so.
    package struct Rate: Sendable, Equatable {
        package var key: String
        package var quantity: Quantity
        package var perMinute: Double
    }

    /// Requests in flight; nil where the run finds by itself how many.
    package var concurrency: Int?
    package var rates: [Rate] = []

    package init(_ limits: Limits) {
        concurrency = limits.concurrency
        add("requests_per_minute", .requests, limits.requestsPerMinute)
        add("tokens_per_minute", .tokens, limits.tokensPerMinute)
    }

    private mutating func add(_ key: String, _ quantity: Quantity, _ number: Int?, minutes: Double = 1) {
        guard let number else { return }
        rates.append(Rate(key: key, quantity: quantity, perMinute: Double(number) / minutes))
    }
}

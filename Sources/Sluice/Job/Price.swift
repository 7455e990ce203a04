/// What an endpoint charges for a million tokens.
package struct Price: Sendable, Equatable {
    package var input: Money
    /// Nil where the endpoint gives no discount for cached input: it then costs what other input costs.
    package var cachedInput: Money?
    package var output: Money

    package init(input: Money, cachedInput: Money? = nil, output: Money) {
        self.input = input
        self.cachedInput = cachedInput
        self.output = output
    }

    /// The cost of one answer, rounded up to the next pico-dollar. `cached` is a part of `prompt`, not an addition.
    package func cost(prompt: Int, cached: Int = 0, completion: Int) -> Money {
        let cached = min(max(cached, 0), max(prompt, 0))
        let uncached = max(prompt, 0) - cached
        return Self.cost(of: uncached, at: input) + Self.cost(of: cached, at: cachedInput ?? input)
            + Self.cost(of: completion, at: output)
    }

    private static func cost(of tokens: Int, at perMillion: Money) -> Money {
        let million: UInt64 = 1_000_000
        let product = UInt64(max(tokens, 0)).multipliedFullWidth(by: UInt64(max(perMillion.picoDollars, 0)))
        guard product.high < million else { return Money(picoDollars: .max) }
        let (quotient, remainder) = million.dividingFullWidth(product)
        let rounded = remainder == 0 ? quotient : quotient + 1
        return Money(picoDollars: Int64(exactly: rounded) ?? .max)
    }
}

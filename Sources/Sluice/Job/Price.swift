/// What an endpoint charges for a million tokens.
package struct Price: Sendable, Equatable {
    package var input: Money
    /// Nil where the endpoint gives no discount for cached input: it then costs what other input costs.
    package var cachedInput: Money?
    /// For input that is written to a cache; nil: as other input.
    package var cacheWrite: Money?
    package var output: Money
    /// For the part of the output that is spent on thinking; nil: as other output.
    package var reasoning: Money?

    package init(
        input: Money, cachedInput: Money? = nil, cacheWrite: Money? = nil, output: Money, reasoning: Money? = nil
    ) {
        self.input = input
        self.cachedInput = cachedInput
        self.cacheWrite = cacheWrite
        self.output = output
        self.reasoning = reasoning
    }

    /// The cost of one answer, each of its parts rounded up to the next pico-dollar.
    ///
    /// `cached` and `cacheWrite` are parts of `prompt`, `reasoning` is a part of `completion`: none is an addition,
    /// and no part counts for more than the whole.
    package func cost(
        prompt: Int, cached: Int = 0, cacheWrite: Int = 0, completion: Int, reasoning: Int = 0
    ) -> Money {
        let prompt = max(prompt, 0)
        let completion = max(completion, 0)
        let cached = min(max(cached, 0), prompt)
        let written = min(max(cacheWrite, 0), prompt - cached)
        let thought = self.reasoning == nil ? 0 : min(max(reasoning, 0), completion)
        return Self.cost(of: prompt - cached - written, at: input)
            + Self.cost(of: cached, at: cachedInput ?? input)
            + Self.cost(of: written, at: self.cacheWrite ?? input)
            + Self.cost(of: completion - thought, at: output)
            + Self.cost(of: thought, at: self.reasoning ?? output)
    }

    /// The most that so many tokens can cost: the prompt written to a cache, the answer nothing but thinking, where that
    /// is dearer.
    package func most(prompt: Int, completion: Int) -> Money {
        Self.cost(of: prompt, at: max(input, cacheWrite ?? input))
            + Self.cost(of: completion, at: max(output, reasoning ?? output))
    }

    /// The cost of one answer; nil where the answer did not say how many tokens it took. Output that is free need not
    /// be counted: embeddings have none.
    package func cost(of usage: Usage) -> Money? {
        let isOutputFree = output == .zero && (reasoning ?? .zero) == .zero
        guard let prompt = usage.promptTokens, let completion = usage.completionTokens ?? (isOutputFree ? 0 : nil)
        else { return nil }
        return cost(
            prompt: prompt, cached: usage.cachedTokens ?? 0, cacheWrite: usage.cacheWriteTokens ?? 0,
            completion: completion, reasoning: usage.reasoningTokens ?? 0)
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

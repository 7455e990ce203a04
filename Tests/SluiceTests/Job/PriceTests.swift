import Testing

@testable import Sluice

@Suite struct PriceTests {
    private static func price() throws -> Price {
        Price(
            input: try dollars("1.75"), cachedInput: try dollars("0.175"), cacheWrite: try dollars("2.1875"),
            output: try dollars("14"))
    }

    /// Parts are parts: none is an addition, and none counts for more than the whole.
    @Test(arguments: [
        // prompt, cached, cache-written, completion, dollars
        (13, 0, 0, 1891, "0.02649675"), (1000, 400, 0, 0, "0.00112"), (1000, 400, 300, 0, "0.00125125"),
        (1000, 1000, 0, 0, "0.000175"), (1000, 5000, 0, 0, "0.000175"), (1000, 800, 900, 0, "0.0005775"),
        (1000, 0, 5000, 0, "0.0021875"), (0, 0, 0, 0, "0"), (-5, -5, -5, -5, "0"), (5, -5, -5, 0, "0.00000875"),
    ])
    func partsOfThePrompt(prompt: Int, cached: Int, written: Int, completion: Int, cost: String) throws {
        let found = try Self.price().cost(
            prompt: prompt, cached: cached, cacheWrite: written, completion: completion)
        #expect(found.description == cost)
    }

    @Test func thinkingCostsItsOwnWhereItHasARate() throws {
        var price = try Self.price()
        let usage = Usage(promptTokens: 0, completionTokens: 1000, reasoningTokens: 600)
        #expect(price.cost(of: usage)?.description == "0.014")
        price.reasoning = Money(dollars: "20")
        #expect(price.cost(of: usage)?.description == "0.0176")
        #expect(
            price.cost(prompt: 0, completion: 10, reasoning: 99) == price.cost(prompt: 0, completion: 10, reasoning: 10)
        )
    }

    @Test func missingRatesAreThoseOfOtherTokens() throws {
        let price = Price(input: try dollars("2"), output: try dollars("3"))
        let usage = Usage(
            promptTokens: 30, completionTokens: 9, cachedTokens: 10, cacheWriteTokens: 10, reasoningTokens: 5)
        #expect(price.cost(of: usage)?.description == "0.000087")
    }

    @Test func whatWasNotCountedHasNoCost() throws {
        let price = try Self.price()
        #expect(price.cost(of: Usage(promptTokens: 3)) == nil)
        #expect(price.cost(of: Usage(completionTokens: 3)) == nil)
        #expect(price.cost(of: Usage()) == nil)
        // An embedding says nothing of its output, which is free.
        let embedding = Price(input: try dollars("0.02"), output: .zero)
        #expect(embedding.cost(of: Usage(promptTokens: 1_000_000))?.description == "0.02")
        let thinking = Price(input: try dollars("0.02"), output: .zero, reasoning: try dollars("1"))
        #expect(thinking.cost(of: Usage(promptTokens: 1_000_000)) == nil)
    }

    @Test func theLargestNumbersStopAtTheTop() {
        let top = Money(picoDollars: .max)
        let price = Price(input: top, cachedInput: top, cacheWrite: top, output: top, reasoning: top)
        let cost = price.cost(
            prompt: .max, cached: .max / 3, cacheWrite: .max / 3, completion: .max, reasoning: .max / 2)
        #expect(cost == top)
        #expect(price.cost(prompt: .min, cached: .min, cacheWrite: .min, completion: .min, reasoning: .min) == .zero)
    }
}

func dollars(_ text: String) throws -> Money { try #require(Money(dollars: text)) }

/// What a price file says of one model: a rate for each kind of token, and for some again by tier and by the prompt's
/// length.
struct PriceRates: Sendable {
    enum Kind: UInt8, CaseIterable, Sendable {
        case input, output, cachedInput, cacheWrite, reasoning
    }

    /// What a rate is for. `threshold`: it holds for prompts of more tokens than this; 0 for all.
    struct Key: Sendable, Equatable {
        var kind: Kind
        var tier: PriceTier = .standard
        var threshold = 0
    }

    /// The most tokens that the model writes for one answer, as far as the file says.
    var longestAnswer: Int?

    /// A few each.
    private var rates: [(key: Key, perMillion: Money)] = []
    /// Those of the rates, the greatest first.
    private var thresholds: [Int] = []

    subscript(key: Key) -> Money? {
        get { rates.first { $0.key == key }?.perMillion }
        set {
            rates.removeAll { $0.key == key }
            if let newValue { rates.append((key, newValue)) }
            thresholds = Set(rates.map(\.key.threshold)).sorted(by: >)
        }
    }

    /// The price of an answer of that tier to a prompt that long; nil without an input and an output rate.
    ///
    /// Rates for long prompts are those of the whole request. Of several that hold, the one for the longest counts;
    /// where a kind of token has none, its rate for all prompts does.
    func price(tier: PriceTier, promptTokens: Int) -> Price? {
        func found(_ kind: Kind) -> Money? {
            for threshold in thresholds where threshold == 0 || threshold < promptTokens {
                if let rate = rate(kind, tier, threshold) { return rate }
            }
            return nil
        }
        guard let input = found(.input), let output = found(.output) else { return nil }
        return Price(
            input: input, cachedInput: found(.cachedInput), cacheWrite: found(.cacheWrite), output: output,
            reasoning: found(.reasoning))
    }

    /// The most that so many tokens can cost, whatever the tier they are charged by, and for a prompt of any length up to
    /// that; nil without an input and an output rate.
    func most(prompt: Int, completion: Int) -> Money? {
        let lengths = thresholds.filter { $0 < prompt }.map { $0 + 1 } + [prompt]
        let tiers = PriceTier.allCases.filter { tier in rates.contains { $0.key.tier == tier } }
        var most: Money?
        for tier in tiers {
            for length in lengths {
                guard let price = price(tier: tier, promptTokens: length) else { continue }
                most = max(most ?? .zero, price.most(prompt: prompt, completion: completion))
            }
        }
        return most
    }

    /// A tier without a rate of its own has the standard one; a batch, half of it.
    private func rate(_ kind: Kind, _ tier: PriceTier, _ threshold: Int) -> Money? {
        if let own = self[Key(kind: kind, tier: tier, threshold: threshold)] { return own }
        guard let standard = self[Key(kind: kind, threshold: threshold)] else { return nil }
        return tier == .batch ? Money(picoDollars: standard.picoDollars / 2 + standard.picoDollars % 2) : standard
    }
}

extension JobReader {
    /// Either one price for all answers, or the file that has each model's.
    func price(_ section: YAMLSection) -> PriceSource? {
        defer { section.finish() }
        let path = section.text("file").map(resolved)
        let provider = section.text("provider")
        let model = section.text("model")
        let tier = section.choice("tier", PriceTier.self)
        if let path {
            if section.node("per_million") != nil {
                section.report("per_million", "cannot stand beside file; keep one of them")
            }
            return .file(PriceFile(path: path, provider: provider, model: model, tier: tier))
        }
        section.require("per_million", "per_million: {input: 1.75, output: 14}, or file: prices.json")
        for key in ["provider", "model", "tier"] where section.node(key) != nil {
            section.report(key, "says how a price file is read; it goes with file")
        }
        guard let rates = section.section("per_million") else { return nil }
        defer { rates.finish() }
        rates.require("input", "input: 1.75")
        rates.require("output", "output: 14")
        let cached = rates.money("cached_input")
        let written = rates.money("cache_write")
        let reasoning = rates.money("reasoning")
        guard let input = rates.money("input"), let output = rates.money("output") else { return nil }
        return .perMillion(
            Price(input: input, cachedInput: cached, cacheWrite: written, output: output, reasoning: reasoning))
    }
}

/// Where a job's prices come from. A value: `Pricing` reads the file.
package enum PriceSource: Sendable, Equatable {
    /// One price for every answer.
    case perMillion(Price)
    /// A price for each model.
    case file(PriceFile)
}

/// A price file in LiteLLM's format, and how a job wants it read.
package struct PriceFile: Sendable, Equatable {
    package var path: String
    /// Stands before the models' names in the file, as in `azure/gpt-5.2`.
    package var provider: String?
    /// The name in the file, whatever the answers say.
    package var model: String?
    /// The tier of answers that report none.
    package var tier: PriceTier?

    package init(path: String, provider: String? = nil, model: String? = nil, tier: PriceTier? = nil) {
        self.path = path
        self.provider = provider
        self.model = model
        self.tier = tier
    }
}

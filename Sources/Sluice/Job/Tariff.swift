/// What an endpoint charges, and for which models in the place of those that are asked for.
package struct Tariff: Sendable {
    /// Nil where the price is unknown.
    package var pricing: Pricing?
    package var models: ModelNames

    package init(_ pricing: Pricing?, models: ModelNames = .asAsked) {
        self.pricing = pricing
        self.models = models
    }

    /// The most that so many tokens can cost; nil where the model's price is unknown.
    func most(prompt: Int, completion: Int, model: String?) -> Money? {
        pricing?.most(prompt: prompt, completion: completion) { asked(model) }
    }

    /// The most tokens that the model writes for one answer; nil where no price file says so.
    func longestAnswer(model: String?) -> Int? { pricing?.longestAnswer { asked(model) } }

    private func asked(_ model: String?) -> String? { model.map { models.replacement(for: $0) ?? $0 } }
}

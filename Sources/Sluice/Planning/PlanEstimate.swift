/// What the rows to send may take, in tokens, and in money once it is priced.
package struct PlanEstimate: Sendable, Equatable {
    /// By length, about four bytes a token.
    package var promptTokens = 0
    /// What the bodies allow for their answers, as far as they say so.
    package var outputLimit = 0
    /// Rows that set no limit to their answer.
    package var unlimitedRows = 0
    /// Files that the rows take in, each counted as often as it is sent.
    package var files = 0
    package var fileBytes = 0
    /// Nil until it is priced, and where nothing says what tokens cost.
    package private(set) var cost: Cost?

    private var groups: [Group] = []
    private var places: [Kind: Int] = [:]
    /// Rows of one model mostly follow one another.
    private var lastGroup = 0

    /// How many models and lengths of prompt are priced apart. What comes later has an unknown cost.
    static let maximumGroups = 1024

    package init() {}

    /// What one price is good for: a model, and prompts of about one length where that is great.
    private struct Kind: Sendable, Hashable {
        var model: String?
        var length: Int
    }

    private struct Group: Sendable, Equatable {
        var kind: Kind
        var rows = 0
        var promptTokens = 0
        var outputLimit = 0
    }

    package mutating func add(model: String? = nil, promptTokens: Int, outputLimit limit: Int?) {
        self.promptTokens = Self.sum(self.promptTokens, promptTokens)
        if let limit { outputLimit = Self.sum(outputLimit, limit) } else { unlimitedRows += 1 }
        // Prices change at 32, 100, 128, 200, 256, 272 or 512 thousand tokens: each of them begins a group here.
        let length = promptTokens <= 32_000 ? 0 : min(promptTokens - 1, 1_000_000) / 4_000
        guard let group = group(Kind(model: model, length: length)) else { return }
        groups[group].rows += 1
        groups[group].promptTokens = Self.sum(groups[group].promptTokens, promptTokens)
        groups[group].outputLimit = Self.sum(groups[group].outputLimit, limit ?? 0)
    }

    private mutating func group(_ kind: Kind) -> Int? {
        if groups.indices.contains(lastGroup), groups[lastGroup].kind == kind { return lastGroup }
        if let found = places[kind] {
            lastGroup = found
            return found
        }
        guard groups.count < Self.maximumGroups else { return nil }
        groups.append(Group(kind: kind))
        lastGroup = groups.count - 1
        places[kind] = lastGroup
        return lastGroup
    }

    package mutating func add(fileBytes bytes: Int) {
        files += 1
        fileBytes = Self.sum(fileBytes, bytes)
    }

    /// Limits come from the rows, which may state any number.
    private static func sum(_ left: Int, _ right: Int) -> Int {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }

    /// The cost of the prompts, and of the answers at their longest.
    package struct Cost: Sendable, Equatable {
        /// Of the rows whose price is known; nil where none is.
        package var prompts: Money?
        /// Nil where a row sets no limit to its answer, or has an unknown price.
        package var atMost: Money?
        package var unknownRows = 0
        /// Models without a price, a few of them by name; `unpricedModels` counts them all, as far as they were kept
        /// apart.
        package var unpricedNames: [String] = []
        package var unpricedModels = 0
    }

    /// Reckons the cost. `rows`: how many were added.
    package mutating func price(by pricing: Pricing, rows: Int) { cost = cost(by: pricing, rows: rows) }

    /// Reckons the cost by the dearest of several endpoints' prices, as any of them may answer; it stays unknown where one
    /// has no price.
    package mutating func price(by pricings: [Pricing?], rows: Int) {
        cost = nil
        let costs = pricings.compactMap { $0.map { cost(by: $0, rows: rows) } }
        guard costs.count == pricings.count else { return }
        cost = costs.max { left, right in
            (left.unknownRows, left.atMost ?? .zero, left.prompts ?? .zero)
                < (right.unknownRows, right.atMost ?? .zero, right.prompts ?? .zero)
        }
    }

    private func cost(by pricing: Pricing, rows: Int) -> Cost {
        var cost = Cost()
        var answers = Money.zero
        var priced = 0
        var unpriced: Set<String> = []
        func add(_ price: Price, prompt: Int, limit: Int) {
            cost.prompts = (cost.prompts ?? .zero) + price.cost(prompt: prompt, completion: 0)
            answers += price.most(prompt: 0, completion: limit)
        }
        if let price = pricing.flat {
            if rows > 0 { add(price, prompt: promptTokens, limit: outputLimit) }
            priced = rows
        } else {
            for group in groups {
                let (model, mean) = (group.kind.model, group.promptTokens / max(group.rows, 1))
                if let price = pricing.price(
                    promptTokens: mean, servedModel: model, tier: nil, requestedModel: { model })
                {
                    priced += group.rows
                    add(price, prompt: group.promptTokens, limit: group.outputLimit)
                } else if unpriced.insert(model ?? "").inserted, cost.unpricedNames.count < 3 {
                    cost.unpricedNames.append(model ?? "")
                }
            }
        }
        cost.unknownRows = max(rows - priced, 0)
        cost.unpricedModels = unpriced.count
        if unlimitedRows == 0, cost.unknownRows == 0 { cost.atMost = cost.prompts.map { $0 + answers } }
        return cost
    }
}

/// What a new plan changes in a run: every row of the plan is new, changed or reusable.
package struct PlanDifference: Sendable, Equatable {
    package var new = 0
    /// Known by custom_id, but what would be sent is another thing than before.
    package var changed = 0
    /// In the plan before, and no longer.
    package var removed = 0
    /// The same as before; of these, `settled` have their result.
    package var reusable = 0
    package var settled = 0
    /// Rows that stand elsewhere in the file than before: of the reusable ones.
    package var moved = 0

    /// Of the rows to send.
    package var estimate = PlanEstimate()

    package var rows: Int { new + changed + reusable }

    /// Rows without a result.
    package var toSend: Int { rows - settled }

    package init() {}
}

/// What the rows to send may take, in tokens.
package struct PlanEstimate: Sendable, Equatable {
    /// By length, about four bytes a token.
    package var promptTokens = 0
    /// What the bodies allow for their answers, as far as they say so.
    package var outputLimit = 0
    /// Rows that set no limit to their answer.
    package var unlimitedRows = 0

    package init() {}

    package mutating func add(promptTokens: Int, outputLimit limit: Int?) {
        self.promptTokens = Self.sum(self.promptTokens, promptTokens)
        if let limit { outputLimit = Self.sum(outputLimit, limit) } else { unlimitedRows += 1 }
    }

    /// Limits come from the rows, which may state any number.
    private static func sum(_ left: Int, _ right: Int) -> Int {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }

    /// The cost of the prompts, and of the answers at their longest; the latter nil where a row sets no limit.
    package func cost(_ price: Price) -> (prompts: Money, atMost: Money?) {
        let prompts = price.cost(prompt: promptTokens, completion: 0)
        let answers = price.cost(prompt: 0, completion: outputLimit)
        return (prompts, unlimitedRows == 0 ? prompts + answers : nil)
    }
}

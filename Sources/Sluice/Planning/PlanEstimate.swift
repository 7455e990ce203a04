/// What the rows to send may take, in tokens.
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

    package init() {}

    package mutating func add(promptTokens: Int, outputLimit limit: Int?) {
        self.promptTokens = Self.sum(self.promptTokens, promptTokens)
        if let limit { outputLimit = Self.sum(outputLimit, limit) } else { unlimitedRows += 1 }
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

    /// The cost of the prompts, and of the answers at their longest; the latter nil where a row sets no limit.
    package func cost(_ price: Price) -> (prompts: Money, atMost: Money?) {
        let prompts = price.cost(prompt: promptTokens, completion: 0)
        let answers = price.cost(prompt: 0, completion: outputLimit)
        return (prompts, unlimitedRows == 0 ? prompts + answers : nil)
    }
}

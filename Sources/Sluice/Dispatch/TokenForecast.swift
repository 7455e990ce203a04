/// Guesses how many tokens a request will use in all, and learns from those that have ended.
package struct TokenForecast: Sendable {
    /// Running mean of the tokens of an answer; until the first answers a guess on the high side of common ones.
    private var output: Double = 256
    /// Running mean of true prompt tokens to those estimated by length.
    private var promptRatio: Double = 1
    /// Running mean of a whole request.
    private(set) package var typical: Double = 512
    private var samples = 0

    package init() {}

    package func tokens(for claim: Claim) -> Double {
        let answer = claim.outputLimit.map { min(Double($0), output) } ?? output
        return max(1, Double(claim.promptEstimate) * promptRatio + answer)
    }

    /// - Parameter promptEstimate: prompt tokens as they were estimated by length.
    package mutating func learn(_ usage: Usage, promptEstimate: Int) {
        samples += 1
        // A plain mean at first, then one that forgets: about the newest hundred.
        let weight = 1 / Double(min(samples, 100))
        if let answer = usage.completionTokens { output += (Double(answer) - output) * weight }
        if let total = usage.totalTokens { typical = max(1, typical + (Double(total) - typical) * weight) }
        if let prompt = usage.promptTokens, promptEstimate > 0 {
            promptRatio += (Double(prompt) / Double(promptEstimate) - promptRatio) * weight
        }
    }
}

/// Foretells how many tokens a request of one model will use, and learns from those that have ended.
///
/// The prompt's tokens are its length times a ratio that true counts have shown. The answer's are foretold on the high
/// side: what is reserved too much comes back when the request ends, what is reserved too little has already passed
/// the limit.
struct UsageForecast: Sendable {
    /// Until answers came: on the high side of common ones.
    private static let unknownOutput: Double = 512
    /// Answers from which on their lengths are believed.
    private static let least = 3

    private var lengths = LengthHistogram()
    private var highOutput = unknownOutput
    private var promptTokens: Double = 0
    private var promptEstimates: Double = 0
    private(set) var typicalInput: Double = 256

    /// True prompt tokens to those estimated by length.
    var promptRatio: Double { promptEstimates > 0 ? promptTokens / promptEstimates : 1 }

    var isLearned: Bool { lengths.count >= Self.least }

    func input(_ demand: RequestDemand) -> Double {
        max(1, Double(max(0, demand.promptEstimate)) * promptRatio)
    }

    /// Never above what the request allows its answer.
    func output(_ demand: RequestDemand) -> Double {
        demand.outputLimit.map { min(Double($0), highOutput) } ?? highOutput
    }

    /// Tokens of a request, on average.
    var typicalOutput: Double { isLearned ? lengths.mean : Self.unknownOutput / 2 }

    mutating func learn(_ usage: Usage, promptEstimate: Int) {
        if let output = usage.completionTokens {
            lengths.add(output)
            // The quantile is a walk through the bins: in full only now and then.
            if lengths.count <= 32 || lengths.count % 16 == 0, isLearned {
                highOutput = max(1, lengths.mean, lengths.quantile(0.7))
            }
        }
        if let prompt = usage.promptTokens, promptEstimate > 0 {
            promptTokens = promptTokens * 0.99 + Double(prompt)
            promptEstimates = promptEstimates * 0.99 + Double(promptEstimate)
            typicalInput += (Double(prompt) - typicalInput) * (lengths.count < 10 ? 0.3 : 0.02)
        }
    }
}

/// What an answer takes by its length: a line through the newest latencies, a part that is the same for all and a part
/// for each token. Long answers and short ones can then be counted alike.
struct AnswerEffort: Sendable {
    private static let fading = 0.985
    /// Answers from which on the line is believed.
    private static let least: Double = 8

    private var count: Double = 0
    private var seconds: Double = 0
    private var tokens: Double = 0
    private var squares: Double = 0
    private var products: Double = 0
    private var secondsSquared: Double = 0
    /// Relative to an answer's mean time.
    private var base: Double = 1
    private var perToken: Double = 0
    private(set) var scatter = 0.5

    private(set) var meanSeconds: Double?

    mutating func learn(seconds latency: Double, tokens length: Int?) {
        let length = Double(length ?? 0)
        count = count * Self.fading + 1
        seconds = seconds * Self.fading + latency
        tokens = tokens * Self.fading + length
        squares = squares * Self.fading + length * length
        products = products * Self.fading + length * latency
        secondsSquared = secondsSquared * Self.fading + latency * latency
        fit()
    }

    private mutating func fit() {
        let mean = seconds / count
        meanSeconds = mean
        guard count >= Self.least, mean > 0 else { return }
        let length = tokens / count
        let spread = squares / count - length * length
        let covariance = products / count - length * mean
        var slope = spread > 1e-9 * max(1, length * length) ? max(0, covariance / spread) : 0
        var intercept = mean - slope * length
        if intercept < 0 {
            intercept = 0
            slope = length > 0 ? mean / length : 0
        }
        base = intercept / mean
        perToken = slope / mean
        let variance = secondsSquared / count - mean * mean
        let explained = 2 * slope * covariance - slope * slope * spread
        scatter = min(max((max(0, variance - explained)).squareRoot() / mean, 0.05), 2)
    }

    /// In answers of mean length.
    func work(answers: Double, tokens: Double) -> Double { base * answers + perToken * tokens }
}

/// What came back while a window was in use: the work done in a stretch of time.
struct ThroughputBlock: Sendable, Equatable {
    private(set) var answers: Double = 0
    private var tokens: Double = 0
    private var seconds: Double = 0
    /// Of those that ended, how many left a place unused.
    private(set) var slack: Double = 0

    /// - Parameters:
    ///   - elapsed: since the one before.
    ///   - tokens: of the answer; nil where nothing was answered.
    mutating func add(elapsed: Double, tokens: Int?, isAnswer: Bool, wasFull: Bool) {
        seconds += elapsed
        if isAnswer { answers += 1 }
        self.tokens += Double(tokens ?? 0)
        if !wasFull { slack += 1 }
    }

    /// The window was what held.
    var isUsed: Bool { slack <= 0.25 * answers }

    /// The window held at times.
    var isUsedAtTimes: Bool { slack <= 0.75 * answers }

    /// Work a second, in the unit of `effort`.
    func rate(_ effort: AnswerEffort) -> Double {
        seconds > 0 ? effort.work(answers: answers, tokens: tokens) / seconds : 0
    }

    /// The share of a change in the window that the throughput has to follow for it to be worth while.
    private static let worth = 0.4

    /// Whether the throughput is worth a window `change` times that of the block before: nil while chance may have
    /// decided it.
    ///
    /// - Parameters:
    ///   - enough: answers from which on it is decided, whatever the doubt.
    ///   - certainty: in standard deviations.
    func isWorth(
        change: Double, from before: ThroughputBlock, _ effort: AnswerEffort, enough: Double, certainty: Double
    ) -> Bool? {
        let earlier = before.rate(effort)
        guard earlier > 0 else { return true }
        let ratio = rate(effort) / earlier
        let wanted = 1 + Self.worth * (change - 1)
        let doubt = certainty * effort.scatter * ratio * (1 / answers + 1 / max(1, before.answers)).squareRoot()
        if abs(ratio - wanted) < doubt, answers < enough { return nil }
        return ratio >= wanted
    }

    /// Half of what is remembered: the newer half counts as much as all before.
    mutating func fade() {
        answers /= 2
        tokens /= 2
        seconds /= 2
        slack /= 2
    }
}

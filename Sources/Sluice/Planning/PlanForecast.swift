/// What the rows to send will take, by rows that were answered before: likely, and in nine of ten cases between.
package struct PlanForecast: Sendable, Equatable {
    package let sample: AnswerSample
    /// In tokens.
    package let tokens: TotalEstimate?
    /// In dollars.
    package let cost: TotalEstimate?
    /// In seconds.
    package let time: TotalEstimate?
    /// What the time depends on.
    package let boundBy: Hold?

    /// - Parameters:
    ///   - rows: to be sent, with prompts of so many tokens by length.
    ///   - atMost: what they can cost, where that is known.
    /// - Returns: nil for an empty sample.
    package init?(
        _ sample: AnswerSample, rows: Int, promptTokens: Int, pace: RunPace, atMost: Money? = nil
    ) {
        guard !sample.rows.isEmpty else { return nil }
        self.sample = sample
        func total(_ amount: (AnswerSample.Row) -> Double?) -> TotalEstimate? {
            sample.total(rows: rows, size: promptTokens, of: amount)
        }
        tokens = total { $0.totalTokens.map(Double.init) }
        let most = atMost.map(Self.dollars) ?? .infinity
        cost = total { $0.cost.map(Self.dollars) }?.clamped(to: most)
        var bounds: [(key: Hold, seconds: TotalEstimate)] = []
        let inFlight = pace.concurrency.map(Double.init) ?? sample.parallelism.map { max($0, 1) }
        if let inFlight, let busy = total({ $0.time.inSeconds }) {
            // The last answer is waited for, however many are in flight.
            let last = sample.quantile(0.95) { $0.time.inSeconds } ?? 0
            bounds.append(
                (
                    pace.concurrency == nil ? .server : .concurrency,
                    busy.scaled(by: 1 / inFlight).raised(to: rows > 0 ? last : 0)
                ))
        }
        for rate in pace.rates {
            let quantity: TotalEstimate? =
                switch rate.quantity {
                case .requests: total { Double($0.attempts) }
                case .tokens: tokens
                case .promptTokens: total { $0.promptTokens.map(Double.init) }
                case .completionTokens: total { $0.completionTokens.map(Double.init) }
                }
            if let quantity { bounds.append((rate.key, rate.seconds(for: quantity))) }
        }
        let slowest = bounds.max { $0.seconds.likely < $1.seconds.likely }
        boundBy = slowest?.key
        time = slowest.map { slowest in
            // Whichever holds the run back most, at the low end and at the high one.
            let ranges = bounds.compactMap(\.seconds.range)
            guard ranges.count == bounds.count, let low = ranges.map(\.lowerBound).max(),
                let high = ranges.map(\.upperBound).max()
            else { return TotalEstimate(likely: slowest.seconds.likely) }
            return TotalEstimate(likely: slowest.seconds.likely, range: low...high)
        }
    }

    static func dollars(_ money: Money) -> Double {
        Double(money.picoDollars) / Double(Money.picoDollarsPerDollar)
    }
}

extension TotalEstimate {
    fileprivate func raised(to least: Double) -> TotalEstimate {
        TotalEstimate(
            likely: max(likely, least), range: range.map { max($0.lowerBound, least)...max($0.upperBound, least) })
    }
}

extension Money {
    /// Rounded to a pico-dollar.
    init(dollars: Double) {
        let scaled = (dollars * Double(Self.picoDollarsPerDollar)).rounded()
        self.init(picoDollars: scaled >= 9.2e18 ? .max : Int64(max(scaled, 0)))
    }
}

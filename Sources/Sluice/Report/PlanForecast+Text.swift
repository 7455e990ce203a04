extension PlanForecast {
    /// `about $4.10 ($3.80 to $4.40)`
    var costText: String? {
        cost.map { "about \(Self.text($0) { "$\(Money(dollars: $0).short)" })" }
    }

    var tokensText: String? {
        tokens.map { "about \(Self.text($0) { RunReport.grouped(Self.whole($0)) })" }
    }

    /// `about 12 min (9 min to 15 min), bound by requests a minute`
    var timeText: String? {
        guard let time, let boundBy else { return nil }
        return "about \(Self.text(time) { RunReport.duration(.seconds(min($0, 1e9))) }), bound by \(boundBy.words)"
    }

    /// `20 answered rows: half wrote up to 205 tokens, 95 % up to 480; half took up to 1.2 s, 95 % up to 3.4 s; …`
    var sampleText: String {
        let rows = sample.rows.count == 1 ? "1 answered row" : "\(RunReport.grouped(sample.rows.count)) answered rows"
        var parts: [String] = []
        if let (half, most) = completionTokens {
            parts.append("half wrote up to \(RunReport.grouped(half)) tokens, 95 % up to \(RunReport.grouped(most))")
        }
        if let half = seconds.half, let most = seconds.most {
            parts.append(
                "half took up to \(RunReport.duration(.seconds(half))), 95 % up to \(RunReport.duration(.seconds(most)))"
            )
        }
        if tokens?.range != nil || cost?.range != nil || time?.range != nil {
            parts.append("ranges hold nine times in ten")
        }
        return "\(rows): \(parts.joined(separator: "; "))"
    }

    var likelyCost: Money? { cost.map { Money(dollars: $0.likely) } }

    private var completionTokens: (half: Int, most: Int)? {
        let tokens = { (row: AnswerSample.Row) in row.completionTokens.map(Double.init) }
        guard let half = sample.quantile(0.5, of: tokens), let most = sample.quantile(0.95, of: tokens) else {
            return nil
        }
        return (Int(half), Int(most))
    }

    private var seconds: (half: Double?, most: Double?) {
        let time = { (row: AnswerSample.Row) -> Double? in row.time.inSeconds }
        return (sample.quantile(0.5, of: time), sample.quantile(0.95, of: time))
    }

    private static func text(_ total: TotalEstimate, _ word: (Double) -> String) -> String {
        guard let range = total.range, word(range.lowerBound) != word(range.upperBound) else {
            return word(total.likely)
        }
        return "\(word(total.likely)) (\(word(range.lowerBound)) to \(word(range.upperBound)))"
    }

    private static func whole(_ number: Double) -> Int { Int(min(number, 1e18).rounded()) }

    static func add(_ forecast: PlanForecast?, to object: inout JSONObject) {
        let (cost, tokens, time) = (forecast?.cost, forecast?.tokens, forecast?.time)
        object.add("cost_usd_low", (cost?.range?.lowerBound).map(Money.init(dollars:)))
        object.add("cost_usd_high", (cost?.range?.upperBound).map(Money.init(dollars:)))
        object.add("tokens_estimate", tokens.map { whole($0.likely) })
        object.add("tokens_low", (tokens?.range?.lowerBound).map(whole))
        object.add("tokens_high", (tokens?.range?.upperBound).map(whole))
        object.add("seconds_estimate", decimal: time?.likely)
        object.add("seconds_low", decimal: time?.range?.lowerBound)
        object.add("seconds_high", decimal: time?.range?.upperBound)
        object.add("bound_by", forecast?.boundBy?.rawValue)
        guard let forecast else { return object.addNull("sample") }
        object.add("sample") {
            $0.add("rows", forecast.sample.rows.count)
            $0.add("completion_tokens_median", forecast.completionTokens?.half)
            $0.add("completion_tokens_p95", forecast.completionTokens?.most)
            $0.add("seconds_median", decimal: forecast.seconds.half)
            $0.add("seconds_p95", decimal: forecast.seconds.most)
        }
    }
}

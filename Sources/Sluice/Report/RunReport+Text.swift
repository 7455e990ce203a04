extension RunReport {
    /// The totals as lines for a person.
    package var text: String {
        var table = TextTable()
        table.add("run \(run.id)", "\(run.job) · \(state)")
        let told = classes.filter { $0.1 > 0 || $0.0 == .ok }.map { "\($0.0.rawValue) \(Self.grouped($0.1))" }
        table.add("rows", "\(Self.grouped(run.rows)): \(told.joined(separator: " · "))")
        if totals.reused > 0 {
            table.add("reused", "\(Self.grouped(totals.reused)) of the ok rows: answered before by identical requests")
        }
        table.add("attempts", attemptsText)
        table.add("tokens", tokensText)
        table.add("cost", Self.costText(totals))
        if endpoints.count > 1 {
            for (index, endpoint) in endpoints.enumerated() {
                table.add(index == 0 ? "endpoints" : "", Self.text(endpoint))
            }
        }
        table.add("time", timeText)
        if let text = held.text {
            table.add("bound by", text)
            if let advice = held.advice { table.add("", "what would help most: \(advice)") }
        }
        if let finishText { table.add("finish_by", finishText) }
        return table.text
    }

    private var attemptsText: String {
        var parts = [Self.grouped(totals.attempts)]
        parts.append("\(Self.grouped(totals.retries)) retried")
        if totals.throttles > 0 { parts.append("\(Self.grouped(totals.throttles)) throttled") }
        if inFlight > 0 {
            parts.append("\(Self.grouped(inFlight)) \(isLive ? "in flight" : "unanswered when the program ended")")
        }
        if totals.possiblyBilled > 0 {
            parts.append("\(Self.grouped(totals.possiblyBilled)) possibly billed without an answer seen")
        }
        return parts.joined(separator: " · ")
    }

    private var tokensText: String {
        var prompt = "prompt \(Self.grouped(totals.promptTokens))"
        if totals.cachedTokens > 0 { prompt += " (\(Self.grouped(totals.cachedTokens)) cached)" }
        var completion = "completion \(Self.grouped(totals.completionTokens))"
        if totals.reasoningTokens > 0 { completion += " (\(Self.grouped(totals.reasoningTokens)) reasoning)" }
        var parts = [prompt, completion, "total \(Self.grouped(totals.totalTokens))"]
        if totals.usageAbsent > 0 {
            parts.append("not told by \(Self.grouped(totals.usageAbsent)) of the answers")
        }
        if totals.possible.tokenAttempts > 0 {
            parts.append(
                "at most \(Self.grouped(totals.possible.tokens)) of "
                    + "\(Self.attempts(totals.possible.tokenAttempts)) possibly billed")
        }
        return parts.joined(separator: " · ")
    }

    private static func text(_ endpoint: EndpointTotals) -> String {
        let counts = endpoint.counts
        let name = endpoint.endpoint.isEmpty ? "not known" : ColumnNames.printable(endpoint.endpoint)
        var parts = ["\(name): \(grouped(counts.attempts)) attempts", "ok \(grouped(counts[.ok]))"]
        if counts.throttles > 0 { parts.append("\(grouped(counts.throttles)) throttled") }
        if counts.possiblyBilled > 0 { parts.append("\(grouped(counts.possiblyBilled)) possibly billed") }
        parts.append("\(grouped(counts.totalTokens)) tokens")
        parts.append(costText(counts))
        return parts.joined(separator: " · ")
    }

    private static func costText(_ totals: RunTotals) -> String {
        guard totals.costUnknown > 0 else { return totals.attempts == 0 ? "$0" : "$\(totals.cost)" }
        var parts = totals.cost > .zero ? ["$\(totals.cost)"] : []
        let bounded = totals.possible.costAttempts
        if bounded > 0 {
            parts.append("at most $\(totals.possible.cost) for \(Self.attempts(bounded)) possibly billed")
        }
        let unknown = totals.costUnknown - bounded
        if unknown > 0 { parts.append("unknown for \(Self.attempts(unknown))") }
        return parts.joined(separator: " and ")
    }

    private static func attempts(_ count: Int) -> String { count == 1 ? "1 attempt" : "\(grouped(count)) attempts" }

    private var finishText: String? {
        guard let deadline = run.finishBy?.localText, let punctuality else { return nil }
        switch punctuality {
        case .unknown: return deadline
        case .inTime: return "\(deadline) · in time"
        case .late(let time):
            return "\(deadline) · \(isComplete ? "" : "at this pace ")\(Self.duration(time)) late"
        }
    }

    private var timeText: String {
        var parts = [Self.duration(totals.activeTime)]
        if let rate = requestsPerSecond { parts.append("\(Self.rate(rate)) requests/s") }
        if let rate = tokensPerSecond { parts.append("\(Self.rate(rate)) tokens/s") }
        return parts.joined(separator: " · ")
    }

    /// `1234567` as `1,234,567`.
    package static func grouped(_ number: Int) -> String {
        let digits = Array(String(number.magnitude).utf8)
        var grouped: [UInt8] = number < 0 ? [UInt8(ascii: "-")] : []
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { grouped.append(UInt8(ascii: ",")) }
            grouped.append(digit)
        }
        return String(decoding: grouped, as: UTF8.self)
    }

    /// One decimal below 100, none above.
    package static func rate(_ rate: Double) -> String {
        guard rate < 100 else { return grouped(Int(min(rate, 1e15).rounded())) }
        let tenths = Int((rate * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// `0.8 s`, `12.3 s`, `4 min 5 s`, `2 h 3 min`.
    package static func duration(_ duration: Duration) -> String {
        let seconds = max(0, Int(duration.components.seconds))
        switch seconds {
        case ..<60: return "\(rate(duration.inSeconds)) s"
        case ..<3600: return "\(seconds / 60) min \(seconds % 60) s"
        default: return "\(grouped(seconds / 3600)) h \(seconds / 60 % 60) min"
        }
    }
}

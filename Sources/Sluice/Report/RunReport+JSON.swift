extension RunReport {
    /// The totals as one JSON object on one line, for programs; the README lists its members.
    package var json: [UInt8] {
        var object = JSONObject()
        object.add("run", run.id)
        object.add("job", run.job)
        object.add("state", state)
        object.add("rows", run.rows)
        object.add("classes") { counts in
            for (resultClass, count) in classes { counts.add(Self.key(resultClass), count) }
        }
        object.add("reused", totals.reused)
        object.add("attempts", totals.attempts)
        object.add("retries", totals.retries)
        object.add("throttled", totals.throttles)
        object.add("in_flight", inFlight)
        object.add("possibly_billed", totals.possiblyBilled)
        object.add("possibly_billed_at_most") {
            $0.add("tokens", totals.possible.tokens)
            $0.add("token_attempts", totals.possible.tokenAttempts)
            $0.add("cost_usd", totals.possible.cost)
            $0.add("cost_attempts", totals.possible.costAttempts)
        }
        object.add("tokens") {
            $0.add("prompt", totals.promptTokens)
            $0.add("completion", totals.completionTokens)
            $0.add("total", totals.totalTokens)
            $0.add("cached", totals.cachedTokens)
            $0.add("reasoning", totals.reasoningTokens)
            $0.add("answers_without_usage", totals.usageAbsent)
        }
        object.add("cost_usd", totals.knownCost)
        object.add("cost_unknown_attempts", totals.costUnknown)
        object.add("endpoints", endpoints) { endpoint, object in
            object.add("endpoint", endpoint.endpoint.isEmpty ? nil : endpoint.endpoint)
            object.add("attempts", endpoint.counts.attempts)
            object.add("ok", endpoint.counts[.ok])
            object.add("throttled", endpoint.counts.throttles)
            object.add("possibly_billed", endpoint.counts.possiblyBilled)
            object.add("tokens") {
                $0.add("prompt", endpoint.counts.promptTokens)
                $0.add("completion", endpoint.counts.completionTokens)
                $0.add("total", endpoint.counts.totalTokens)
            }
            object.add("cost_usd", endpoint.counts.knownCost)
            object.add("cost_unknown_attempts", endpoint.counts.costUnknown)
        }
        object.add("seconds", decimal: totals.activeTime.inSeconds)
        object.add("requests_per_second", decimal: requestsPerSecond)
        object.add("tokens_per_second", decimal: tokensPerSecond)
        object.add("bound_by", json: boundJSON)
        object.add("finish_by", run.finishBy.map { $0.milliseconds / 1000 })
        switch punctuality {
        case nil, .unknown: object.add("late_seconds", nil as Int64?)
        case .inTime: object.add("late_seconds", 0)
        case .late(let time): object.add("late_seconds", time.milliseconds / 1000)
        }
        if let bytes { object.add("bytes", bytes) }
        return object.closed()
    }

    /// What it waited for, the longest first: a list of objects.
    private var boundJSON: [UInt8] {
        let objects = held.shares.map { hold, share in
            var object = JSONObject()
            object.add("bound", hold.rawValue)
            object.add("seconds", decimal: held.times[hold]?.inSeconds)
            object.add("share", decimal: share)
            return object.closed()
        }
        return [UInt8(ascii: "[")] + objects.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
    }

    private static func key(_ resultClass: ResultClass) -> StaticString {
        switch resultClass {
        case .ok: "ok"
        case .truncated: "truncated"
        case .refused: "refused"
        case .filtered: "filtered"
        case .invalid: "invalid"
        case .failed: "failed"
        case .skipped: "skipped"
        case .unsent: "unsent"
        }
    }
}

extension RunTotals {
    /// Nil where no cost is known and there are some that are not.
    fileprivate var knownCost: Money? { costUnknown == 0 || cost > .zero ? cost : nil }
}

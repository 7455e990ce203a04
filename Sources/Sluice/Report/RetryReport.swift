/// What `sluice retry` tells.
package struct RetryReport: Sendable, Equatable {
    package var run: RunRecord
    package var summary: RetrySummary
    /// Nothing was changed.
    package var isDryRun: Bool

    package var text: String {
        guard summary.rows > 0 else {
            return "run \(run.id) · \(run.job) · no row of that kind has a result: nothing to put back\n" + okLeftText
        }
        let rows = Self.rows(summary.rows)
        var text = "run \(run.id) · \(run.job) · \(rows) \(isDryRun ? "would be put back" : "put back")\n"
        let cells = summary.groups.map {
            [$0.resultClass.rawValue, $0.errorCode ?? "-", RunReport.grouped($0.rows)]
        }
        text += ColumnTable([["class", "error", "rows"]] + cells, right: [2]).text
        text += "spent  \(spentText)\n" + okLeftText
        return text
            + (isDryRun
                ? "next   the same without --dry-run puts them back\n"
                : "next   the command that ran '\(run.job)' (sluice run …) sends them\n")
    }

    private var spentText: String {
        var cost = "$\(summary.cost)"
        if summary.costUnknown > 0 {
            let attempts =
                summary.costUnknown == 1 ? "1 attempt" : "\(RunReport.grouped(summary.costUnknown)) attempts"
            cost = (summary.cost > .zero ? "\(cost) and " : "cost ") + "unknown for \(attempts)"
        }
        let attempts = summary.attempts == 1 ? "1 attempt" : "\(RunReport.grouped(summary.attempts)) attempts"
        return "\(attempts) · \(RunReport.grouped(summary.totalTokens)) tokens · \(cost)"
    }

    private var okLeftText: String {
        guard summary.okLeft > 0 else { return "" }
        return "\(Self.rows(summary.okLeft)) of those named \(summary.okLeft == 1 ? "is" : "are") ok and "
            + "\(summary.okLeft == 1 ? "stays" : "stay"); --class ok asks again\n"
    }

    private static func rows(_ count: Int) -> String { count == 1 ? "1 row" : "\(RunReport.grouped(count)) rows" }

    /// Members: run, job, dry_run, rows, by (a list of class, error and rows), ok_left, attempts, tokens (prompt,
    /// completion, total), cost_usd (null: unknown), cost_unknown_attempts.
    package var json: [UInt8] {
        var object = JSONObject()
        object.add("run", run.id)
        object.add("job", run.job)
        object.add("dry_run", isDryRun)
        object.add("rows", summary.rows)
        object.add("by", json: groups)
        object.add("ok_left", summary.okLeft)
        object.add("attempts", summary.attempts)
        object.add("tokens") {
            $0.add("prompt", summary.promptTokens)
            $0.add("completion", summary.completionTokens)
            $0.add("total", summary.totalTokens)
        }
        object.add("cost_usd", summary.costUnknown == 0 || summary.cost > .zero ? summary.cost : nil)
        object.add("cost_unknown_attempts", summary.costUnknown)
        return object.closed()
    }

    private var groups: [UInt8] {
        var list = [UInt8(ascii: "[")]
        for (index, group) in summary.groups.enumerated() {
            if index > 0 { list.append(UInt8(ascii: ",")) }
            var object = JSONObject(onto: list)
            object.add("class", group.resultClass.rawValue)
            object.add("error", group.errorCode)
            object.add("rows", group.rows)
            list = object.closed()
        }
        list.append(UInt8(ascii: "]"))
        return list
    }
}

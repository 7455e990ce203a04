/// A plan in words: what is new, changed, removed and reusable, and what sending the rest may take.
package struct PlanSummary: Sendable {
    private let job: Job
    /// The run that the plan was compared with; nil where there is none yet.
    private let run: RunRecord?
    private let difference: PlanDifference
    private let forecast: PlanForecast?
    private let spending: Spending
    private let probe: ProbeResult?

    package init(job: Job, run: RunRecord?, difference: PlanDifference, forecast: PlanForecast? = nil) {
        self.init(job: job, PlanResult(run: run, difference: difference, forecast: forecast))
    }

    package init(job: Job, _ result: PlanResult) {
        self.job = job
        run = result.run
        difference = result.difference
        forecast = result.forecast
        spending = result.spending
        probe = result.probe
    }

    /// `240 rows: 240 new, 0 changed, 0 removed, 0 reusable, about $4.10`
    package var line: String { rowsText + briefCost }

    private var rowsText: String {
        func grouped(_ count: Int) -> String { RunReport.grouped(count) }
        let rows = difference.rows == 1 ? "1 row" : "\(grouped(difference.rows)) rows"
        return "\(rows): \(grouped(difference.new)) new, \(grouped(difference.changed)) changed, "
            + "\(grouped(difference.removed)) removed, \(grouped(difference.reusable)) reusable\(reusedText)"
    }

    private var reusedText: String {
        guard difference.reused > 0 else { return "" }
        return "; \(RunReport.grouped(difference.reused)) of them answered before by identical requests of other runs"
    }

    /// What sending the difference will cost, as well as can be said in a word; nothing where no price is known.
    private var briefCost: String {
        guard difference.toSend > 0 else { return "" }
        if let likely = forecast?.likelyCost { return ", about $\(likely.short)" }
        guard let cost = estimate.cost else { return "" }
        if let atMost = cost.atMost { return ", at most $\(atMost)" }
        return cost.prompts.map { ", about $\($0.short) for the prompts" } ?? ""
    }

    package var text: String {
        var table = TextTable()
        table.add("plan", job.name)
        if let probe { table.add("probe", probe.text) }
        table.add("run", run.map { "goes on with run \($0.id)" } ?? "a new run")
        table.add("rows", rowsText)
        table.add("to send", RunReport.grouped(difference.toSend))
        if estimate.files > 0 {
            table.add("files", "\(RunReport.grouped(estimate.files)) (\(ByteCount(bytes: estimate.fileBytes).rounded))")
        }
        table.add("tokens", tokensText)
        table.add("cost", costText)
        if let forecast {
            if let time = forecast.timeText { table.add("time", time) }
            table.add("by", forecast.sampleText)
        }
        if let budget = BudgetOutlook(job.limits.budget, spending, difference, forecast)?.text {
            table.add("budget", budget)
        }
        return table.text
    }

    private var estimate: PlanEstimate { difference.estimate }

    private var nothingToSend: Money? { difference.toSend == 0 ? .zero : nil }

    private var tokensText: String {
        let prompts = "about \(RunReport.grouped(estimate.promptTokens)) prompt tokens"
        if let tokens = forecast?.tokensText { return "\(tokens) in all; \(prompts) by length\(limitText)" }
        return prompts + limitText
    }

    private var limitText: String {
        guard estimate.unlimitedRows == 0 else {
            let rows = estimate.unlimitedRows == 1 ? "1 row" : "\(RunReport.grouped(estimate.unlimitedRows)) rows"
            return ", and no limit to the answers of \(rows)"
        }
        return ", answers of at most \(RunReport.grouped(estimate.outputLimit))"
    }

    private var costText: String {
        guard difference.toSend > 0 else { return "$0" }
        if let likely = forecast?.costText {
            return estimate.cost?.atMost.map { "\(likely); at most $\($0) in all" } ?? likely
        }
        guard let cost = estimate.cost else { return "unknown: \(noPriceText)" }
        guard let prompts = cost.prompts else { return "unknown: \(Self.unpricedText(cost))" }
        let dearest = pricesDiffer ? " by the dearest endpoint" : ""
        let known = "about $\(prompts) for the prompts\(dearest)"
        if let atMost = cost.atMost { return "\(known), at most $\(atMost) in all" }
        guard cost.unknownRows > 0 else { return "\(known); the answers have no limit" }
        let rows = cost.unknownRows == 1 ? "1 row" : "\(RunReport.grouped(cost.unknownRows)) rows"
        return "\(known), and unknown for \(rows): \(Self.unpricedText(cost))"
    }

    private var noPriceText: String {
        guard let endpoint = job.endpoints.first(where: { job.price(of: $0) == nil }),
            job.endpoints.contains(where: { job.price(of: $0) != nil })
        else { return "the job states no price" }
        return "the job states no price for \(endpoint.label)"
    }

    private var pricesDiffer: Bool { job.endpoints.contains { job.price(of: $0) != job.price(of: job.endpoints[0]) } }

    /// `no price for a, b and 3 more models`
    private static func unpricedText(_ cost: PlanEstimate.Cost) -> String {
        let names = cost.unpricedNames.map { $0.isEmpty ? "rows without a model" : ColumnNames.printable($0) }
        guard !names.isEmpty else { return "too many models" }
        let more = cost.unpricedModels - names.count
        return "no price for \(names.joined(separator: ", "))"
            + (more > 0 ? " and \(more == 1 ? "1 more model" : "\(RunReport.grouped(more)) more models")" : "")
    }

    /// Members: job, run, rows, new, changed, removed, reusable, settled, reused, to_send, prompt_tokens_estimate,
    /// output_tokens_limit (null where a row sets none), files, file_bytes; by rows that were answered, each null where
    /// there are none, cost_usd_low, cost_usd_high, tokens_estimate, tokens_low, tokens_high, seconds_estimate, seconds_low,
    /// seconds_high, bound_by, sample; budget, probe, null where there is none; cost_prompts_usd, cost_usd_estimate (null
    /// where no answers tell), cost_at_most_usd (null where unknown), cost_unknown_rows.
    package var json: [UInt8] {
        var object = JSONObject()
        object.add("job", job.name)
        object.add("run", run?.id)
        object.add("rows", difference.rows)
        object.add("new", difference.new)
        object.add("changed", difference.changed)
        object.add("removed", difference.removed)
        object.add("reusable", difference.reusable)
        object.add("settled", difference.settled)
        object.add("reused", difference.reused)
        object.add("to_send", difference.toSend)
        object.add("prompt_tokens_estimate", estimate.promptTokens)
        object.add("output_tokens_limit", estimate.unlimitedRows == 0 ? estimate.outputLimit : nil)
        object.add("files", estimate.files)
        object.add("file_bytes", estimate.fileBytes)
        PlanForecast.add(forecast, to: &object)
        BudgetOutlook.add(BudgetOutlook(job.limits.budget, spending, difference, forecast), to: &object)
        ProbeResult.add(probe, to: &object)
        object.add("cost_prompts_usd", nothingToSend ?? estimate.cost?.prompts)
        object.add("cost_usd_estimate", nothingToSend ?? forecast?.likelyCost)
        object.add("cost_at_most_usd", nothingToSend ?? estimate.cost?.atMost)
        object.add("cost_unknown_rows", estimate.cost?.unknownRows ?? difference.toSend)
        return object.closed()
    }
}

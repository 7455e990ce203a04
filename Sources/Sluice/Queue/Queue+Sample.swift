import SQLite

extension Queue {
    /// Rows that have their result, by the newest attempts of a run.
    ///
    /// - Parameters:
    ///   - pricing: reckons their cost anew, so that it is that of today's price; without one it is as recorded.
    ///   - limit: attempts to look at, at most.
    package func answerSample(of run: RunRecord, pricing: Pricing?, limit: Int = 4_000) throws -> AnswerSample {
        let query = try database.statement(Self.sampleQuery)
        try query.bind(1, run.id)
        try query.bind(2, limit)
        defer { query.reset() }
        var sample = AnswerSample()
        while try query.step() {
            func count(_ column: Int32) -> Int? { query.optionalInteger(column).map(Int.init) }
            // Recorded costs end with the row's last attempt, whose model and tier hold for the others.
            let usage = Usage(
                promptTokens: count(1), completionTokens: count(2), cachedTokens: count(4),
                cacheWriteTokens: count(5), reasoningTokens: count(6))
            let recorded = count(7).map { Money(picoDollars: Int64($0)) }
            let (model, asked) = (query.optionalText(10), query.optionalText(12))
            sample.rows.append(
                AnswerSample.Row(
                    promptEstimate: Int(query.integer(0)), promptTokens: count(1), completionTokens: count(2),
                    totalTokens: count(3),
                    cost: pricing?.cost(of: usage, servedModel: model, tier: query.optionalText(11)) { asked }
                        ?? recorded,
                    attempts: Int(query.integer(8)), time: .milliseconds(query.integer(9))))
        }
        sample.parallelism = try parallelism(run: run.id, sample)
        return sample
    }

    /// The sums of a row's attempts are null where one of them may have taken something and did not say.
    private static let sampleQuery: String = {
        func sum(_ column: String) -> String {
            "CASE WHEN count(*) FILTER (WHERE \(column) IS NULL AND (possibly_billed OR status BETWEEN 200 AND 299)) = 0 "
                + "THEN coalesce(sum(\(column)), 0) END"
        }
        return """
            WITH newest AS (
              SELECT id, request_id, prompt_tokens, completion_tokens, total_tokens, cached_tokens, cache_write_tokens,
                reasoning_tokens, cost_picousd, latency_ms, model, asked_model, service_tier, possibly_billed, status
              FROM attempts
              WHERE id >= (SELECT first_attempt FROM runs WHERE id = ?1) AND run_id = ?1 AND \(isCounted)
              ORDER BY id DESC LIMIT ?2)
            SELECT r.prompt_estimate, \(sum("prompt_tokens")), \(sum("completion_tokens")),
              \(sum("coalesce(total_tokens, prompt_tokens + completion_tokens)")),
              coalesce(sum(cached_tokens), 0), coalesce(sum(cache_write_tokens), 0), coalesce(sum(reasoning_tokens), 0),
              \(sum("cost_picousd")), count(*), coalesce(sum(latency_ms), 0), max(a.model), max(service_tier),
              coalesce(max(a.asked_model), r.model)
            FROM newest a JOIN states s ON s.request_id = a.request_id JOIN requests r ON r.id = a.request_id
            WHERE s.class IS NOT NULL
            GROUP BY a.request_id
            """
    }()

    /// How many were in flight on the whole, by the time that was spent sending.
    private func parallelism(run: Int64, _ sample: AnswerSample) throws -> Double? {
        let totals = try self.totals(run: run)
        guard totals.activeTime > .zero, totals.attempts > 0, !sample.rows.isEmpty else { return nil }
        let attempts = sample.rows.reduce(0) { $0 + $1.attempts }
        let busy = sample.rows.reduce(0) { $0 + $1.time.inSeconds }
        return busy / Double(max(attempts, 1)) * Double(totals.attempts) / totals.activeTime.inSeconds
    }

    /// Rows that the job's runs have had answered, of the newest run first; older ones where it has fewer than say
    /// something.
    package func answerSample(job: String, pricing: Pricing?) throws -> AnswerSample {
        let query = try database.statement(
            """
            SELECT r.id FROM runs r JOIN totals t ON t.run_id = r.id
            WHERE r.job = ?1 AND r.pruning = 0 AND t.attempts > 0 ORDER BY r.id DESC LIMIT 5
            """)
        try query.bind(1, job)
        var runs: [Int64] = []
        while try query.step() { runs.append(query.integer(0)) }
        query.reset()
        var sample = AnswerSample()
        for id in runs where sample.rows.count < Self.enough {
            guard let run = try run(id: id) else { continue }
            let found = try answerSample(of: run, pricing: pricing)
            sample.rows += found.rows
            sample.parallelism = sample.parallelism ?? found.parallelism
        }
        return sample
    }

    /// Rows that make a sample of their own.
    private static let enough = 30
}

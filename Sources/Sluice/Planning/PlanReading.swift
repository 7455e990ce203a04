import Digest

/// The half of planning that needs no queue: reads the input, renders and checks its rows.
///
/// It runs on a thread of its own, beside the one that compares and writes, as the two take about as long.
struct PlanReading: Sendable {
    let job: Job
    /// Take along what tells that the plan need not be made again.
    let identifies: Bool

    /// Reads to the end, or until the rows are unwanted.
    func run(into handover: RowHandover) {
        do {
            handover.finish(.success(try read(into: handover)))
        } catch {
            handover.finish(.failure(error))
        }
    }

    private func read(into handover: RowHandover) throws -> PlanIdentity? {
        let reader = try InputReader(source: job.input, format: job.inputFormat, delimiter: job.delimiter)
        if identifies, job.input != .standardInput { reader.takeDigest(with: try SHA256Hasher()) }
        let renderer = try RequestRenderer(job: job)
        let file = job.input.displayName
        let limit = job.widestTokenLimit
        var batch = RowBatch()
        func add(_ row: PlannedRow) throws {
            batch.append(row)
            if batch.isFull { try give() }
        }
        func give() throws {
            try handover.give(batch)
            batch = RowBatch()
        }
        var isWaiting = false
        try reader.forEachRow { row in
            isWaiting = false
            switch renderer.render(row) {
            case .problems(let faults):
                try add(
                    .faulty(
                        faults.map {
                            PlanProblem(file: file, line: row.line, column: $0.column, reason: $0.reason)
                        }))
            case .request(let request):
                if let limit, let fault = Self.fault(of: request, under: limit) {
                    try add(.faulty([PlanProblem(file: file, line: row.line, column: nil, reason: fault)]))
                } else {
                    try add(.request(request))
                }
            }
        } problem: {
            try add(.unreadable($0))
        } idle: {
            guard !isWaiting else { return try handover.check() }
            isWaiting = true
            batch.endsInWait = true
            try give()
        }
        try give()
        guard let read = try reader.digest(), let recipe = try PlanIdentity.recipe(of: job) else { return nil }
        return PlanIdentity(recipe: recipe, input: read.digest, bytes: read.bytes)
    }

    /// A request that can never fit under the job's limits would wait for ever.
    private static func fault(of request: PlannedRequest, under widest: (key: String, limit: Int)) -> String? {
        guard request.estimatedPromptTokens > widest.limit else { return nil }
        return
            "needs about \(request.estimatedPromptTokens) prompt tokens, more than \(widest.key) (\(widest.limit)) allows"
    }
}

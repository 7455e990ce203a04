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
        let rows = GatheredRows(for: handover)
        try reader.forEachRow { row in
            switch renderer.render(row) {
            case .problems(let faults):
                try rows.add(
                    faulty: faults.map {
                        PlanProblem(file: file, line: row.line, column: $0.column, reason: $0.reason)
                    })
            case .request(let request):
                if let limit, let fault = Self.fault(of: request, under: limit) {
                    try rows.add(faulty: [PlanProblem(file: file, line: row.line, column: nil, reason: fault)])
                } else {
                    try rows.add(request)
                }
            }
        } problem: {
            try rows.add(unreadable: $0)
        } idle: {
            try rows.waitsForMore()
        }
        try rows.give()
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

/// The rows read last, on their way to the writing thread.
private final class GatheredRows {
    private let handover: RowHandover
    // Unchecked, as each row is added here: handing over calls nothing that comes back.
    @exclusivity(unchecked) private var batch = RowBatch()
    /// Nothing was read since all rows were handed over.
    @exclusivity(unchecked) private var isWaiting = false

    init(for handover: RowHandover) { self.handover = handover }

    func add(_ request: consuming PlannedRequest) throws(RowHandover.Unwanted) {
        batch.append(request)
        try added()
    }

    func add(faulty faults: [PlanProblem]) throws(RowHandover.Unwanted) {
        batch.append(faulty: faults)
        try added()
    }

    func add(unreadable problem: PlanProblem) throws(RowHandover.Unwanted) {
        batch.append(unreadable: problem)
        try added()
    }

    /// Nobody knows when the next rows will come: what there is goes on without them.
    func waitsForMore() throws(RowHandover.Unwanted) {
        guard !isWaiting else { return try handover.check() }
        isWaiting = true
        batch.endsInWait = true
        try give()
    }

    func give() throws(RowHandover.Unwanted) {
        try handover.give(batch)
        batch = RowBatch()
    }

    private func added() throws(RowHandover.Unwanted) {
        isWaiting = false
        if batch.isFull { try give() }
    }
}

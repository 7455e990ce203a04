import Digest

/// Reads a job's input to its end: renders, validates and compares every row, and stages the difference.
///
/// Nothing is held but the row at hand: memory does not grow with the rows.
package struct Planner {
    package enum Failure: Error, CustomStringConvertible {
        /// Rows that cannot be sent as they are. Nothing was changed.
        case invalid(first: [PlanProblem], count: Int)
        case empty(input: String)
        case interrupted

        package var description: String {
            switch self {
            case .invalid(_, let count):
                "the plan has \(count == 1 ? "a fault" : "\(count) faults"); nothing was sent, and the queue is as it was"
            case .empty(let input): "\(input) holds no rows"
            case .interrupted: "interrupted while planning; nothing was sent, and the queue is as it was"
            }
        }
    }

    /// How many faults are told one by one.
    package static let problemsTold = 50

    private let job: Job
    /// Called now and then with the rows read so far; it throws to end the planning.
    private let checkpoint: (Int) throws -> Void

    package init(_ job: Job, checkpoint: @escaping (Int) throws -> Void = { _ in }) {
        self.job = job
        self.checkpoint = checkpoint
    }

    /// Gives every row to `writer`.
    ///
    /// - Parameter identifies: take along what tells that the plan need not be made again.
    /// - Returns: that; nil where it is not asked for, and for standard input, which cannot be read twice.
    /// - Throws: `Failure`, `InputError`, or an error of the queue. The caller then abandons the writer.
    @discardableResult
    package func plan(into writer: PlanWriter, identifies: Bool = false) throws -> PlanIdentity? {
        let reader = try InputReader(source: job.input, format: job.inputFormat, delimiter: job.delimiter)
        if identifies, job.input != .standardInput { reader.takeDigest(with: try SHA256Hasher()) }
        let renderer = try RequestRenderer(job: job)
        let file = job.input.displayName
        var problems: [PlanProblem] = []
        var problemCount = 0
        var rows = 0
        func note(_ problem: PlanProblem) {
            if problems.count < Self.problemsTold { problems.append(problem) }
            problemCount += 1
        }
        try reader.forEachRow { row in
            rows += 1
            if rows % 1024 == 0 { try checkpoint(rows) }
            switch renderer.render(row) {
            case .problems(let faults):
                for fault in faults {
                    note(PlanProblem(file: file, line: row.line, column: fault.column, reason: fault.reason))
                }
            case .request(let request):
                if let fault = limitFault(request) {
                    note(PlanProblem(file: file, line: row.line, column: nil, reason: fault))
                } else if let fault = try writer.add(request) {
                    note(PlanProblem(file: file, line: row.line, column: nil, reason: fault))
                }
            }
        } problem: {
            note($0)
        } idle: {
            // Whoever else writes to the queue need not wait for whoever writes to us.
            try writer.pause()
        }
        guard problemCount == 0 else { throw Failure.invalid(first: problems, count: problemCount) }
        guard rows > 0 else { throw Failure.empty(input: file) }
        guard let read = try reader.digest(), let recipe = try PlanIdentity.recipe(of: job) else { return nil }
        return PlanIdentity(recipe: recipe, input: read.digest, bytes: read.bytes)
    }

    /// A request that can never fit under the job's limits would wait for ever.
    private func limitFault(_ request: PlannedRequest) -> String? {
        guard let (key, limit) = job.widestTokenLimit, request.estimatedPromptTokens > limit else { return nil }
        return "needs about \(request.estimatedPromptTokens) prompt tokens, more than \(key) (\(limit)) allows"
    }
}

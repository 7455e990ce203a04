import Threads

/// Reads a job's input to its end: renders, validates and compares every row, and stages the difference.
///
/// Two threads share the work: one reads, renders and validates, this one compares and writes. Nothing is held but the
/// rows at hand: memory does not grow with the rows.
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
        let file = job.input.displayName
        var problems: [PlanProblem] = []
        var problemCount = 0
        var rows = 0
        func note(_ found: [PlanProblem]) {
            problems += found.prefix(Self.problemsTold - problems.count)
            problemCount += found.count
        }
        let identity = try readingRows(identifies: identifies) { batch in
            let before = rows
            rows += batch.rows
            if rows / 1024 > before / 1024 { try checkpoint(rows) }
            let faults = try writer.add(batch.requests).map {
                PlanProblem(file: file, line: $0.line, column: nil, reason: $0.fault)
            }
            // A row has faults of the one kind or of the other: each line's stay together, in their order.
            note(faults.isEmpty ? batch.problems : (batch.problems + faults).sorted { $0.line < $1.line })
            // Whoever else writes to the queue need not wait for whoever writes to us.
            if batch.endsInWait { try writer.pause() }
        }
        note(writer.budgetCheck?.problems(file: file) ?? [])
        guard problemCount == 0 else { throw Failure.invalid(first: problems, count: problemCount) }
        guard rows > 0 else { throw Failure.empty(input: file) }
        return identity
    }

    /// Has the input read on a thread of its own, which has ended when this returns or throws.
    private func readingRows(
        identifies: Bool, _ take: (RowBatch) throws -> Void
    ) throws -> PlanIdentity? {
        let handover = RowHandover()
        let reading = PlanReading(job: job, identifies: identifies)
        let thread = try SystemThread.start("plan-reader") { reading.run(into: handover) }
        let result = Result {
            while let batch = try handover.next() { try take(batch) }
            return try handover.identity()
        }
        handover.refuse()
        SystemThread.join(thread)
        return try result.get()
    }
}

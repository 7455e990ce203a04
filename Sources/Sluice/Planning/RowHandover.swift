import Threads

/// Rows that go from the reading thread to the writing one together, since each hand-over has its price.
struct RowBatch: Sendable {
    private static let fullRows = 256
    private static let fullBytes = 256 << 10

    private(set) var requests: [PlannedRequest] = []
    /// Of the rows between them, in the order of their lines.
    private(set) var problems: [PlanProblem] = []
    /// Requests, and rows that are none for their faults.
    private(set) var rows = 0
    private(set) var bytes = 0
    /// Nobody knows when the next rows will come.
    var endsInWait = false

    var isFull: Bool { requests.count + problems.count >= Self.fullRows || bytes >= Self.fullBytes }

    mutating func append(_ request: consuming PlannedRequest) {
        if requests.isEmpty { requests.reserveCapacity(Self.fullRows) }
        bytes += request.body.count + (request.input?.count ?? 0)
        requests.append(request)
        rows += 1
    }

    mutating func append(faulty faults: [PlanProblem]) {
        problems += faults
        rows += 1
    }

    /// What could not be read as a row.
    mutating func append(unreadable problem: PlanProblem) { problems.append(problem) }
}

/// Takes rows from the thread that reads them to the one that writes them, in their order.
///
/// Few batches lie between the two: the one who reads waits where the writer is behind, so that memory does not grow
/// with the rows, nor with their size. An error of the reading comes out after the rows before it.
///
/// Proof of @unchecked: all variables are touched within `condition.locked` alone.
final class RowHandover: @unchecked Sendable {
    private static let maximumBatches = 4
    /// One batch may be larger.
    private static let maximumBytes = 4 << 20

    private let condition = Condition()
    private var batches: [RowBatch] = []
    private var bytes = 0
    private var end: Result<PlanIdentity?, any Error>?
    private var isUnwanted = false

    /// Thrown to the reading thread where nobody wants its rows any more.
    struct Unwanted: Error {}

    // MARK: The reading thread

    /// Waits while too much lies ready.
    func give(_ batch: RowBatch) throws(Unwanted) {
        try condition.locked { () throws(Unwanted) -> Void in
            while !isUnwanted, !batches.isEmpty,
                batches.count >= Self.maximumBatches || bytes + batch.bytes > Self.maximumBytes
            {
                condition.wait()
            }
            guard !isUnwanted else { throw Unwanted() }
            batches.append(batch)
            bytes += batch.bytes
            condition.signal()
        }
    }

    /// All rows have been given; nothing is called after it.
    func finish(_ end: Result<PlanIdentity?, any Error>) {
        condition.locked {
            self.end = end
            condition.signal()
        }
    }

    /// Whether the rows are still wanted.
    func check() throws(Unwanted) {
        if condition.locked({ isUnwanted }) { throw Unwanted() }
    }

    // MARK: The writing thread

    /// The next rows; nil after the last.
    func next() throws -> RowBatch? {
        try condition.locked { () throws -> RowBatch? in
            while batches.isEmpty, end == nil { condition.wait() }
            guard !batches.isEmpty else {
                _ = try end?.get()
                return nil
            }
            let batch = batches.removeFirst()
            bytes -= batch.bytes
            condition.signal()
            return batch
        }
    }

    /// What the rows were made from, after the last of them; nil where nobody asked, or nobody can tell.
    func identity() throws -> PlanIdentity? {
        try condition.locked { end }?.get()
    }

    /// No more rows are wanted.
    func refuse() {
        condition.locked {
            isUnwanted = true
            condition.signal()
        }
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What reading has made of a row.
enum PlannedRow: Sendable {
    case request(PlannedRequest)
    case faulty([PlanProblem])
    /// What could not be read as a row.
    case unreadable(PlanProblem)
}

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

    mutating func append(_ row: PlannedRow) {
        switch row {
        case .request(let request):
            if requests.isEmpty { requests.reserveCapacity(Self.fullRows) }
            bytes += request.body.count + (request.input?.count ?? 0)
            requests.append(request)
            rows += 1
        case .faulty(let faults):
            problems += faults
            rows += 1
        case .unreadable(let problem): problems.append(problem)
        }
    }
}

/// Takes rows from the thread that reads them to the one that writes them, in their order.
///
/// Few batches lie between the two: the one who reads waits where the writer is behind, so that memory does not grow
/// with the rows, nor with their size. An error of the reading comes out after the rows before it.
///
/// `@unchecked Sendable`: all variables are touched only while `mutex` is held; it and the condition stay at their
/// addresses until both threads have let go of this object.
final class RowHandover: @unchecked Sendable {
    private static let maximumBatches = 4
    /// One batch may be larger.
    private static let maximumBytes = 4 << 20

    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private var batches: [RowBatch] = []
    private var bytes = 0
    private var end: Result<PlanIdentity?, any Error>?
    private var isUnwanted = false

    /// Thrown to the reading thread where nobody wants its rows any more.
    struct Unwanted: Error {}

    init() {
        mutex = .allocate(capacity: 1)
        changed = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    // MARK: The reading thread

    /// Waits while too much lies ready.
    func give(_ batch: RowBatch) throws(Unwanted) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !isUnwanted, !batches.isEmpty,
            batches.count >= Self.maximumBatches || bytes + batch.bytes > Self.maximumBytes
        {
            pthread_cond_wait(changed, mutex)
        }
        guard !isUnwanted else { throw Unwanted() }
        batches.append(batch)
        bytes += batch.bytes
        pthread_cond_broadcast(changed)
    }

    /// All rows have been given; nothing is called after it.
    func finish(_ end: Result<PlanIdentity?, any Error>) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        self.end = end
        pthread_cond_broadcast(changed)
    }

    /// Whether the rows are still wanted.
    func check() throws(Unwanted) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if isUnwanted { throw Unwanted() }
    }

    // MARK: The writing thread

    /// The next rows; nil after the last.
    func next() throws -> RowBatch? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while batches.isEmpty, end == nil { pthread_cond_wait(changed, mutex) }
        guard !batches.isEmpty else {
            _ = try end?.get()
            return nil
        }
        let batch = batches.removeFirst()
        bytes -= batch.bytes
        pthread_cond_broadcast(changed)
        return batch
    }

    /// What the rows were made from, after the last of them; nil where nobody asked, or nobody can tell.
    func identity() throws -> PlanIdentity? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try end?.get()
    }

    /// No more rows are wanted.
    func refuse() {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        isUnwanted = true
        pthread_cond_broadcast(changed)
    }
}

/// Records on their way to the disk, and the workers that wait for that; confined to the actor that owns it.
///
/// Bounded in records and bytes: whoever adds to a full buffer waits, and with it the place that its request holds.
final class RecordBuffer {
    /// What one visit to the queue takes along.
    struct Batch {
        let records: [AttemptRecord]
        fileprivate let holders: [CheckedContinuation<Void, Never>]
    }

    private let maximumRecords: Int
    private let maximumBytes: Int
    private var records: [AttemptRecord] = []
    private var bytes = 0
    private var waitingForRoom: [CheckedContinuation<Void, Never>] = []
    private var waitingForDisk: [CheckedContinuation<Void, Never>] = []
    /// There is nowhere to record to any more, and so nothing to wait for.
    private var isClosed = false

    init(maximumRecords: Int, maximumBytes: Int) {
        self.maximumRecords = maximumRecords
        self.maximumBytes = maximumBytes
    }

    var isEmpty: Bool { records.isEmpty }

    /// Returns when there is room for one more.
    func room() async {
        while !isClosed, records.count >= maximumRecords || bytes >= maximumBytes {
            await withCheckedContinuation { waitingForRoom.append($0) }
        }
    }

    func add(_ record: AttemptRecord) {
        records.append(record)
        bytes += record.bytes
    }

    /// Returns when everything that was added before is durable.
    func durable() async {
        guard !isClosed else { return }
        await withCheckedContinuation { waitingForDisk.append($0) }
    }

    func take() -> Batch {
        let batch = Batch(records: records, holders: waitingForDisk)
        records = []
        bytes = 0
        waitingForDisk = []
        return batch
    }

    /// The batch is durable.
    func recorded(_ batch: Batch) {
        let waiting = batch.holders + waitingForRoom
        waitingForRoom = []
        for continuation in waiting { continuation.resume() }
    }

    /// Nothing will be recorded any more, the batch that was tried last included.
    func close(_ batch: Batch) {
        isClosed = true
        let waiting = batch.holders + waitingForRoom + waitingForDisk
        waitingForRoom = []
        waitingForDisk = []
        for continuation in waiting { continuation.resume() }
    }
}

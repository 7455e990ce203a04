/// Records on their way to the disk, and the workers that wait for it; confined to the actor that owns it.
///
/// A worker that brings a record waits until it is durable, and its place with it: there are never more records than
/// places, and a slow disk slows admission.
final class RecordBuffer {
    /// What one visit to the queue takes along.
    struct Batch {
        let records: [AttemptRecord]
        fileprivate let waiting: [CheckedContinuation<Void, Never>]
    }

    private var records: [AttemptRecord] = []
    private var waiting: [CheckedContinuation<Void, Never>] = []
    /// There is nowhere to record to any more, and so nothing to wait for.
    private var isClosed = false

    var isEmpty: Bool { records.isEmpty }

    /// Records that have come back and are not durable yet.
    private(set) var pending = 0

    /// Adds a record that nobody waits for.
    func add(_ record: AttemptRecord) {
        records.append(record)
        pending += 1
    }

    /// Adds a record and returns when it is durable, or never will be.
    func addAndWait(_ record: AttemptRecord) async {
        add(record)
        guard !isClosed else { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    func take() -> Batch {
        let batch = Batch(records: records, waiting: waiting)
        records = []
        waiting = []
        return batch
    }

    /// The batch is durable.
    func recorded(_ batch: Batch) {
        pending -= batch.records.count
        for continuation in batch.waiting { continuation.resume() }
    }

    /// Nothing will be recorded any more, the batch that was tried last included.
    func close(_ batch: Batch) {
        isClosed = true
        recorded(batch)
        recorded(take())
    }
}

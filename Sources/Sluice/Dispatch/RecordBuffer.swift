/// Records on their way to the disk, each with the place that is held until it is there; confined to the actor that owns
/// it.
///
/// There are never more records than places, but for those of requests that were never sent: a slow disk slows admission.
final class RecordBuffer {
    /// What one visit to the queue takes along.
    struct Batch {
        fileprivate(set) var records: [AttemptRecord] = []
        /// For each record; nil where nothing is held for it.
        fileprivate(set) var places: [Dispatcher.Place?] = []
    }

    private var gathered = Batch()

    var isEmpty: Bool { gathered.records.isEmpty }

    /// What the next visit would take along.
    var count: Int { gathered.records.count }

    /// Records that have come back and are not durable yet.
    private(set) var pending = 0

    func add(_ record: AttemptRecord, holding place: Dispatcher.Place?) {
        gathered.records.append(record)
        gathered.places.append(place)
        pending += 1
    }

    func take() -> Batch {
        var batch = Batch()
        swap(&batch, &gathered)
        // The next one is of about that size, mostly.
        gathered.records.reserveCapacity(batch.records.count)
        gathered.places.reserveCapacity(batch.places.count)
        return batch
    }

    /// The batch is durable, or never will be.
    func ended(_ batch: Batch) { pending -= batch.records.count }
}

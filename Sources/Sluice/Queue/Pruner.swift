/// Deletes runs of a queue, or tells what there is to delete.
package struct Pruner {
    /// What was deleted.
    package struct Removal: Sendable, Equatable {
        package var runs: [Int64] = []
        /// Bytes of the file that became free.
        package var freed = 0
        /// Free bytes of the file, with those that were free before.
        package var free = 0
    }

    private let path: String
    private let now: Timestamp
    private let checkpoint: () -> Bool

    /// - Parameter isStopped: asked between transactions.
    package init(queue path: String, now: Timestamp, isStopped: @escaping () -> Bool = { false }) {
        self.path = path
        self.now = now
        checkpoint = isStopped
    }

    /// Runs whose deletion was begun and not ended.
    package func halfPruned() throws -> [RunRecord] { try Queue(reading: path).halfPrunedRuns() }

    package func holdings() throws -> [RunHolding] { try Queue(reading: path).holdings() }

    /// Deletes those runs, and what earlier deletions left half done. Where one of them is being run nothing is deleted.
    ///
    /// - Parameter deleted: told of each run that is gone.
    package func delete(_ runs: [Int64], deleted: (Int64) -> Void = { _ in }) throws -> Removal {
        let half = try halfPruned().map(\.id)
        for run in runs { try checkIdle(run) }
        var removal = Removal()
        // Nothing is lost where a power cut takes the last deletions back.
        let queue = try Queue(path: path, durability: .normal)
        let before = try queue.freeBytes()
        for run in half + runs {
            let lock = try RunLock(queue: path, run: run)
            try queue.deleteRun(run) { try check(half: run) }
            withExtendedLifetime(lock) {}
            removal.runs.append(run)
            deleted(run)
        }
        removal.free = try queue.freeBytes()
        removal.freed = removal.free - before
        return removal
    }

    /// Deletes the rows of a run that are not part of its plan any more.
    ///
    /// - Parameter name: a run's number or its job's name.
    package func deleteHistory(of name: String) throws -> (run: RunRecord, rows: Int, removal: Removal) {
        let found = try Queue(reading: path).run(named: name)
        let lock = try RunLock(queue: path, run: found.id)
        let queue = try Queue(path: path, durability: .normal)
        // Read again, now that no other process can change it.
        let run = try queue.run(named: String(found.id))
        let before = try queue.freeBytes()
        let rows = try queue.deleteHistory(of: run, now: now) { try check(half: nil) }
        withExtendedLifetime(lock) {}
        let free = try queue.freeBytes()
        return (run, rows, Removal(freed: free - before, free: free))
    }

    /// Gives the free pages back to the file system.
    ///
    /// - Returns: bytes of the file before and after.
    package func vacuum() throws -> (before: Int, after: Int) {
        let queue = try Queue(path: path, durability: .full)
        for run in try queue.runs() where RunLock.isHeld(queue: path, run: run.id) { throw PruneFault.liveRun(run.id) }
        let before = try queue.usedBytes() + queue.freeBytes()
        try queue.vacuum()
        return (before, try queue.usedBytes() + queue.freeBytes())
    }

    private func checkIdle(_ run: Int64) throws {
        let lock = try RunLock(queue: path, run: run)
        withExtendedLifetime(lock) {}
    }

    private func check(half: Int64?) throws {
        if checkpoint() { throw PruneFault.interrupted(half: half) }
    }
}

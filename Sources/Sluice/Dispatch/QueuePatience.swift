import SQLite

/// Waits for a queue that cannot be written just now, and says so.
struct QueuePatience {
    let timekeeper: any Timekeeper
    let monitor: RunMonitor

    /// Writes to the queue, and tries again every second for as long as the disk is full or another process holds the
    /// lock: nothing is sent meanwhile, and nothing that came back is let go.
    ///
    /// - Parameter isOver: nobody waits any longer.
    func whenWritable<R: Sendable>(isOver: () -> Bool, _ write: () async throws -> R) async throws -> R {
        var isTrouble = false
        while true {
            do {
                let result = try await write()
                if isTrouble { monitor.update { $0.diskTrouble = nil } }
                return result
            } catch let error as SQLiteError where (error.isBusy || error.isStorageTrouble) && !isOver() {
                isTrouble = true
                monitor.update { $0.diskTrouble = "the queue cannot be written, waiting: \(error)" }
                try await timekeeper.sleep(until: timekeeper.now() + .seconds(1))
            }
        }
    }
}

import Dispatch

/// Runs an actor's jobs on a serial dispatch queue, so that its calls may block on the disk without holding up a
/// thread that the rest of the program needs.
package final class QueueExecutor: SerialExecutor, TaskExecutor {
    private let queue = DispatchQueue(label: "sluice.queue", qos: .userInitiated)

    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async {
            job.runSynchronously(isolatedTo: self.asUnownedSerialExecutor(), taskExecutor: self.asUnownedTaskExecutor())
        }
    }
}

import Dispatch
import Synchronization

@testable import Sluice

/// A clock and the executor that it goes by: it stands still while there is anything to do, and is then at once where the
/// first wait ends. What a test sees of time does not depend on how fast the machine is.
final class VirtualTime: SerialExecutor, TaskExecutor, Timekeeper {
    private struct Sleeper {
        let deadline: Timestamp
        let number: Int
        /// Resumed exactly once: whoever resumes it takes the sleeper out first.
        let continuation: UnsafeContinuation<Void, Never>
    }

    private struct State {
        var time = Timestamp(milliseconds: 1_800_000_000_000)
        /// Jobs that wait or run.
        var jobs = 0
        var sleepers: [Sleeper] = []
        var count = 0
        /// Sleeps that were cancelled before they began.
        var cancelled: Set<Int> = []

        mutating func firstToWake() -> Sleeper? {
            guard jobs == 0, let first = sleepers.min(by: { ($0.deadline, $0.number) < ($1.deadline, $1.number) })
            else { return nil }
            time = max(time, first.deadline)
            return take(first.number)
        }

        mutating func take(_ number: Int) -> Sleeper? {
            sleepers.firstIndex { $0.number == number }.map { sleepers.remove(at: $0) }
        }
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "virtual time")

    func now() -> Timestamp { state.withLock { $0.time } }

    func advance(by duration: Duration) { state.withLock { $0.time = $0.time + duration } }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs += 1 }
        queue.async {
            job.runSynchronously(isolatedTo: self.asUnownedSerialExecutor(), taskExecutor: self.asUnownedTaskExecutor())
            self.wakeOne { $0.jobs -= 1 }
        }
    }

    private func wakeOne(after change: (inout State) -> Void) {
        let sleeper = state.withLock { state in
            change(&state)
            return state.firstToWake()
        }
        sleeper?.continuation.resume()
    }

    func sleep(until deadline: Timestamp) async throws {
        let number = state.withLock { state in
            state.count += 1
            return state.count
        }
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if state.cancelled.remove(number) != nil { return true }
                    state.sleepers.append(Sleeper(deadline: deadline, number: number, continuation: continuation))
                    return false
                }
                if isCancelled { continuation.resume() } else { wakeOne { _ in } }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.take(number)
                if sleeper == nil { state.cancelled.insert(number) }
                return sleeper
            }
            sleeper?.continuation.resume()
        }
        try Task.checkCancellation()
    }
}

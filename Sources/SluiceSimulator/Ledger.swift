import NIOCore
import Synchronization

/// The endpoint's state behind a lock, shared by its event loops, and those who wait for it to reach a point.
final class Ledger: Sendable {
    private struct Waiter: Sendable {
        var isReached: @Sendable (SimulatorStatistics) -> Bool
        var continuation: CheckedContinuation<Bool, Never>
    }

    private struct State: Sendable {
        var endpoint: EndpointState
        var waiters: [UInt64: Waiter] = [:]
        var nextWaiter: UInt64 = 0
        var isClosed = false

        mutating func takeReached() -> [CheckedContinuation<Bool, Never>] {
            guard !waiters.isEmpty else { return [] }
            let statistics = endpoint.snapshot
            let reached = waiters.filter { $0.value.isReached(statistics) }
            for identifier in reached.keys { waiters[identifier] = nil }
            return reached.values.map(\.continuation)
        }
    }

    private let state: Mutex<State>

    init(configuration: SimulatorConfiguration) {
        let now = NIODeadline.now().uptimeNanoseconds
        state = Mutex(State(endpoint: EndpointState(configuration: configuration, now: now)))
    }

    /// Changes the state, then wakes those who waited for what it has become.
    func change<Result: Sendable>(_ body: (inout EndpointState) -> Result) -> Result {
        let (result, reached) = state.withLock { state in
            (body(&state.endpoint), state.takeReached())
        }
        for continuation in reached { continuation.resume(returning: true) }
        return result
    }

    var statistics: SimulatorStatistics {
        state.withLock { $0.endpoint.snapshot }
    }

    /// Waits until the statistics are as wished; false when the task is cancelled or the simulator stopped before.
    func wait(until isReached: @escaping @Sendable (SimulatorStatistics) -> Bool) async -> Bool {
        let identifier = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now: Bool? = state.withLock { state in
                    if isReached(state.endpoint.snapshot) { return true }
                    // Cancelled before this point, the handler has found nothing to take: so it is looked at here.
                    if state.isClosed || Task.isCancelled { return false }
                    state.waiters[identifier] = Waiter(isReached: isReached, continuation: continuation)
                    return nil
                }
                if let now { continuation.resume(returning: now) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: identifier) }
            waiter?.continuation.resume(returning: false)
        }
    }

    /// Lets go of everybody who waits.
    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter.continuation.resume(returning: false) }
    }
}

import Synchronization
import Threads

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One thread that drives HTTP transfers and runs Swift jobs between them.
///
/// An actor whose `unownedExecutor` is the loop runs on that very thread, so that a request goes from the actor into
/// libcurl and back without a change of thread. Tasks may also name the loop as their preferred executor. Jobs run in
/// bounded batches between looks at the sockets; a job that blocks holds everything up.
///
/// A task stays on that thread throughout only if it prefers the loop as well, as all child tasks within
/// `withTaskExecutorPreference(loop) { … }` do: Swift resumes a suspended task on its preferred executor, or else on
/// the global pool, and only then goes on to its actor's.
///
/// Any thread may call `send`. Every libcurl call happens on the loop's own thread, so handles need no lock. A loop
/// lives until `shutdown()`: its thread holds it.
package final class TransferLoop: SerialExecutor, TaskExecutor {
    /// What other threads leave for the loop.
    private struct Inbox {
        var jobs: [UnownedJob] = []
        var submissions: [Submission] = []
        var isGivenUp = false
        var shutdownAsked = false
        /// The loop's thread has ended; a late job starts another for itself.
        var ended = false
        /// The loop has been woken and has not looked in yet.
        var signalled = false
    }

    private let inbox = Mutex(Inbox())
    /// The loop's thread, as `ThreadIdentity`, while there is one; else 0.
    private let thread = Atomic<UInt>(0)
    private let joinable = Mutex<pthread_t?>(nil)

    // Proof of nonisolated(unsafe): both are touched by the loop's thread alone, which every access makes sure of by
    // standing in the thread's own code or behind `isOnLoopThread`. The thread is created after `init` has filled
    // them in, and a late thread runs only after the one before it has said, under the inbox's lock, that it ended.
    // Of the engine, `poller.wake()` alone is called from elsewhere, and that is safe on any thread.
    nonisolated(unsafe) private let engine: TransferEngine
    nonisolated(unsafe) private var jobs = JobQueue()

    /// Jobs run before the sockets are looked at again.
    private static let batch = 256

    /// Starts the loop's thread.
    ///
    /// - Parameters:
    ///   - maximumConnections: Connections kept open for reuse: at least the number of requests that the caller ever
    ///     has in flight at once. The loop takes what it is given; to admit no more than that is the caller's duty.
    ///   - clock: The clock that timeouts are measured by. After moving a clock of its own, a test calls `wake()`.
    package init(
        maximumConnections: Int, clock: @escaping @Sendable () -> LoopInstant = { LoopInstant.now() }
    ) throws(CurlError) {
        engine = try TransferEngine(maximumConnections: maximumConnections, clock: clock)
        let handle = try startThread { $0.run() }
        joinable.withLock { $0 = handle }
    }

    // MARK: Requests

    /// Sends a request. A call back rather than a suspension: a task for each would cost more than what libcurl does.
    ///
    /// - Parameter ended: is told the answer, or why there is none: once, on the loop's thread, outside of any job and
    ///   never within this call. Only where that thread has ended it is told at once, on the caller's.
    package func send(_ body: [UInt8], _ profile: TransferProfile, _ ended: @escaping TransferEnd) {
        let submission = Submission(body: body, profile: profile, ended: ended)
        if isOnLoopThread {
            engine.start(submission)
        } else if !post({ $0.submissions.append(submission) }) {
            ended(.failure(.cancelled(sentBytes: false)))
        }
    }

    /// Ends all requests in flight as cancelled, which closes their connections, and refuses those that come later.
    package func giveUp() {
        post { $0.isGivenUp = true }
    }

    /// Makes the loop look at its clock and its inbox now.
    package func wake() {
        engine.poller.wake()
    }

    /// Refuses requests from now on, ends those in flight as cancelled, runs the jobs that are ready and joins the
    /// thread. Called on the loop's own thread, it returns at once and the thread ends after the present job.
    ///
    /// Jobs that come later, such as those of tasks which wait for something else meanwhile, still run, on a thread
    /// made for them. May be called more than once.
    package func shutdown() {
        post { $0.shutdownAsked = true }
        let handle = joinable.withLock { $0.take() }
        guard let handle else { return }
        if isOnLoopThread {
            pthread_detach(handle)
        } else {
            pthread_join(handle, nil)
        }
    }

    // MARK: Executor

    package var isOnLoopThread: Bool {
        thread.load(ordering: .relaxed) == ThreadIdentity.current
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isOnLoopThread {
            jobs.append(job)
        } else if !post({ $0.jobs.append(job) }) {
            runLate(job)
        }
    }

    package func checkIsolated() {
        precondition(isOnLoopThread, "this code belongs on the transfer loop's thread")
    }

    @available(macOS 26, *)
    package func isIsolatingCurrentContext() -> Bool? {
        isOnLoopThread
    }

    /// Leaves something in the inbox and wakes the loop unless somebody has; false if the loop's thread has ended.
    @discardableResult
    private func post(_ leave: (inout Inbox) -> Void) -> Bool {
        let (accepted, first) = inbox.withLock { inbox in
            guard !inbox.ended else { return (false, false) }
            leave(&inbox)
            let first = !inbox.signalled
            inbox.signalled = true
            return (true, first)
        }
        if first { engine.poller.wake() }
        return accepted
    }

    // MARK: The thread

    private func run() {
        bindThread()
        while collect() {
            runJobs()
            engine.tellRefused()
            engine.fireTimer()
            engine.wait(busy: jobs.count > 0)
        }
        engine.stop()
        drain()
    }

    /// Fetches what is in the inbox; false once shutdown is asked for.
    private func collect() -> Bool {
        var mail = Inbox()
        inbox.withLock { inbox in
            guard inbox.signalled else { return }
            swap(&inbox, &mail)
        }
        for job in mail.jobs { jobs.append(job) }
        for submission in mail.submissions { engine.start(submission) }
        if mail.isGivenUp { engine.giveUp() }
        return !mail.shutdownAsked
    }

    private func runJobs() {
        let serial = asUnownedSerialExecutor()
        let task = asUnownedTaskExecutor()
        var left = min(jobs.count, Self.batch)
        while left > 0, let job = jobs.popFirst() {
            job.runSynchronously(isolatedTo: serial, taskExecutor: task)
            left -= 1
        }
    }

    /// Runs jobs until there are none, and says, in the same step as finding none, that the thread has ended.
    private func drain() {
        while true {
            _ = collect()
            runJobs()
            engine.tellRefused()
            guard jobs.count == 0, !engine.hasRefused else { continue }
            let done = inbox.withLock { inbox in
                guard inbox.jobs.isEmpty, inbox.submissions.isEmpty else { return false }
                inbox.ended = true
                thread.store(0, ordering: .relaxed)
                return true
            }
            if done { return }
        }
    }

    /// Runs a job that came after the thread's end, and what follows from it, on another thread.
    private func runLate(_ job: UnownedJob) {
        let isFirst = inbox.withLock { inbox in
            inbox.jobs.append(job)
            inbox.signalled = true
            guard inbox.ended else { return false }
            inbox.ended = false
            return true
        }
        guard isFirst else { return }
        while true {
            // Nothing else may run this job, so when the system has no thread left we wait until it has.
            if let handle = try? startThread({ $0.runLateJobs() }) {
                pthread_detach(handle)
                return
            }
            sched_yield()
        }
    }

    private func runLateJobs() {
        bindThread()
        drain()
    }

    private func bindThread() {
        thread.store(ThreadIdentity.current, ordering: .relaxed)
    }

    private func startThread(_ body: @escaping @Sendable (TransferLoop) -> Void) throws(CurlError) -> pthread_t {
        do throws(SystemThread.Failure) {
            return try SystemThread.start("transfer-loop") { [self] in body(self) }
        } catch {
            throw .system(call: "pthread_create", code: error.code)
        }
    }
}

import Curl

/// A transport to a job's endpoint, with the executor on whose thread it works.
package struct EndpointConnection: Sendable {
    package var transport: any Transport
    package var executor: any SerialExecutor & TaskExecutor
    /// Ends the transport and its thread. Nothing may use them afterwards.
    package var close: @Sendable () -> Void

    package init(
        transport: any Transport, executor: any SerialExecutor & TaskExecutor, close: @escaping @Sendable () -> Void
    ) {
        self.transport = transport
        self.executor = executor
        self.close = close
    }
}

extension EndpointConnection {
    package enum Failure: Error, Equatable, CustomStringConvertible {
        case tooFewOpenFiles(concurrency: Int, allowed: Int)

        package var description: String {
            switch self {
            case .tooFewOpenFiles(let concurrency, let allowed):
                "a concurrency of \(concurrency) needs as many open files, and the system allows \(allowed); "
                    + "lower limits.concurrency, or raise the limit with `ulimit -n`"
            }
        }
    }

    /// Files that are open beside the connections: the queue, its log, the terminal and the like.
    private static let otherFiles = 64

    /// Starts a transfer loop for the job.
    package init(job: Job, key: APIKey?) throws {
        let concurrency = job.limits.concurrency
        let allowed = OpenFiles.raiseSoftLimit(atLeast: concurrency + Self.otherFiles)
        guard allowed >= concurrency + Self.otherFiles else {
            throw Failure.tooFewOpenFiles(concurrency: concurrency, allowed: allowed)
        }
        let loop = try TransferLoop(maximumConnections: concurrency)
        let transport = CurlTransport(loop, job: job, key: key)
        do {
            try transport.profile(for: job.url)
        } catch {
            loop.shutdown()
            throw error
        }
        self.init(transport: transport, executor: loop, close: { loop.shutdown() })
    }
}

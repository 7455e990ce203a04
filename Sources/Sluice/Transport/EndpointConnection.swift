import Curl

/// Transports to a job's endpoints, with the executor on whose thread they all work.
package struct EndpointConnection: Sendable {
    /// One for each endpoint of the job, in its order.
    package var transports: [any Transport]
    package var executor: any SerialExecutor & TaskExecutor
    /// Ends the transports and their thread. Nothing may use them afterwards.
    package var close: @Sendable () -> Void

    package init(
        transports: [any Transport], executor: any SerialExecutor & TaskExecutor, close: @escaping @Sendable () -> Void
    ) {
        self.transports = transports
        self.executor = executor
        self.close = close
    }
}

extension EndpointConnection {
    package enum Failure: Error, Equatable, CustomStringConvertible {
        case tooFewOpenFiles(concurrency: Int, allowed: Int)
        /// Nothing can be sent to an endpoint as it is described.
        case unusable(endpoint: String, reason: String)

        package var description: String {
            switch self {
            case .tooFewOpenFiles(let concurrency, let allowed):
                "a concurrency of \(concurrency) needs as many open files, and the system allows \(allowed); "
                    + "lower limits.concurrency, or raise the limit with `ulimit -n`"
            case .unusable(let endpoint, let reason): "endpoint \(endpoint): \(reason)"
            }
        }
    }

    /// Files that are open beside the connections: the queue, its log, the terminal and the like.
    private static let otherFiles = 64

    /// Starts a transfer loop for the job.
    ///
    /// - Parameter keys: of each endpoint.
    package init(job: Job, keys: [APIKey?]) throws {
        let concurrency = job.endpoints.reduce(0) { $0 + job.limits(of: $1).concurrency }
        let allowed = OpenFiles.raiseSoftLimit(atLeast: concurrency + Self.otherFiles)
        guard allowed >= concurrency + Self.otherFiles else {
            throw Failure.tooFewOpenFiles(concurrency: concurrency, allowed: allowed)
        }
        let loop = try TransferLoop(maximumConnections: concurrency)
        var transports: [any Transport] = []
        for (endpoint, key) in zip(job.endpoints, keys) {
            let transport = CurlTransport(loop, job: job, endpoint: endpoint, key: key)
            do {
                try transport.profile(for: job.url)
            } catch {
                loop.shutdown()
                guard let name = endpoint.name else { throw error }
                throw Failure.unusable(endpoint: name, reason: error.description)
            }
            transports.append(transport)
        }
        self.init(transports: transports, executor: loop, close: { loop.shutdown() })
    }
}

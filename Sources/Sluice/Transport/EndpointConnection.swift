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

    /// Of each endpoint, as many in flight as files may be open: a number that somebody stated must fit, one that is found
    /// by itself fits in.
    static func affordableConcurrency(of job: Job) throws(Failure) -> [Concurrency] {
        var wanted = job.endpoints.map { job.limits(of: $0).concurrency }
        func sum(_ counted: (Concurrency) -> Bool) -> Int { wanted.reduce(0) { $0 + (counted($1) ? $1.most : 0) } }
        let allowed = OpenFiles.raiseSoftLimit(atLeast: sum { _ in true } + otherFiles)
        if allowed >= sum({ _ in true }) + otherFiles { return wanted }
        let stated = sum { if case .fixed = $0 { true } else { false } }
        let automatic = wanted.indices.filter { if case .automatic = wanted[$0] { true } else { false } }
        let share = automatic.isEmpty ? 0 : (allowed - otherFiles - stated) / automatic.count
        guard share >= 1 else { throw .tooFewOpenFiles(concurrency: stated + automatic.count, allowed: allowed) }
        for index in automatic { wanted[index] = .automatic(maximum: min(wanted[index].most, share)) }
        return wanted
    }

    /// Starts a transfer loop for the job.
    ///
    /// - Parameter keys: of each endpoint.
    package init(job: Job, keys: [APIKey?]) throws {
        let concurrency = try Self.affordableConcurrency(of: job).reduce(0) { $0 + $1.most }
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

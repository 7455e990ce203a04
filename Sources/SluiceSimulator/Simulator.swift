import NIOCore
import NIOHTTP1
import NIOPosix

/// A local endpoint that speaks OpenAI's chat completions, for rehearsals, tests and benchmarks.
///
/// It serves on event-loop threads of its own; any task may ask for statistics, wait and stop. Several can run in one
/// process. One that is not stopped goes on until the process ends.
package final class Simulator: Sendable {
    private let ledger: Ledger
    private let group: MultiThreadedEventLoopGroup
    private let host: String
    private let basePath: String

    package let port: Int

    /// What a client is given as its base URL: with the first base path of the imitated endpoint, `gpt-5.2` being the
    /// deployment where it has one.
    package var baseURL: String { "http://\(host):\(port)\(basePath)" }

    private init(ledger: Ledger, group: MultiThreadedEventLoopGroup, host: String, basePath: String, port: Int) {
        self.ledger = ledger
        self.group = group
        self.host = host
        self.basePath = basePath
        self.port = port
    }

    /// Listens, and returns once connections are accepted. Throws when the address cannot be had.
    package static func start(_ configuration: SimulatorConfiguration = .init()) async throws -> Simulator {
        let ledger = Ledger(configuration: configuration)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(configuration.threads, 1))
        do {
            var workers: [ObjectIdentifier: NIOLoopBound<Worker>] = [:]
            for loop in group.makeIterator() {
                workers[ObjectIdentifier(loop)] = try await loop.submit {
                    let pacer = Pacer(loop: loop.assumeIsolated())
                    let worker = Worker(configuration: configuration, ledger: ledger, pacer: pacer)
                    return NIOLoopBound(worker, eventLoop: loop)
                }.get()
            }
            let channel = try await bootstrap(group, workers: workers)
                .bind(host: configuration.host, port: configuration.port).get()
            return Simulator(
                ledger: ledger, group: group, host: configuration.host,
                basePath: configuration.imitation.firstBasePath,
                port: channel.localAddress?.port ?? configuration.port)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    private static func bootstrap(
        _ group: MultiThreadedEventLoopGroup, workers: [ObjectIdentifier: NIOLoopBound<Worker>]
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let worker = workers[ObjectIdentifier(channel.eventLoop)]?.value else {
                        throw ChannelError.inappropriateOperationForState
                    }
                    let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)
                    try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(decoder))
                    try channel.pipeline.syncOperations.addHandler(ConnectionHandler(worker: worker))
                }
            }
    }

    /// What has been seen up to now.
    package func statistics() -> SimulatorStatistics {
        ledger.statistics
    }

    /// As `POST /stats/reset`.
    package func resetStatistics() {
        ledger.change { $0.reset() }
    }

    /// Waits until the statistics are as wished, looking after each change; for tests, instead of sleeping.
    ///
    /// Returns false when the task is cancelled or the simulator stopped before. The closure runs under a lock: it
    /// must not call the simulator.
    @discardableResult
    package func wait(until isReached: @escaping @Sendable (SimulatorStatistics) -> Bool) async -> Bool {
        await ledger.wait(until: isReached)
    }

    /// Closes the listener and all connections, answered or not. May be called again.
    package func stop() async {
        ledger.close()
        try? await group.shutdownGracefully()
    }
}

import SQLite
import Testing

@testable import Sluice

/// A planned run in a queue of its own, to be dispatched as often as a test likes.
final class Scene {
    let folder: TemporaryFolder
    typealias Script = @Sendable (String, Int) -> ScriptedTransport.Reply

    /// One for each endpoint; several are called e0, e1, ….
    let transports: [ScriptedTransport]
    var transport: ScriptedTransport { transports[0] }
    /// The executor of all: how the visits to the queue fall among the rest does not depend on how fast the machine is.
    let timekeeper = VirtualTime()
    var settings = Dispatcher.Settings()
    var price: Pricing?
    /// Changes what is known of an endpoint, by its number.
    var furnish: (inout Dispatcher.Outlet, Int) -> Void = { _, _ in }
    /// Endpoints that the newest sitting has stopped.
    private(set) var stops: [EndpointStop] = []
    private let runID: Int64
    private let concurrency: Int
    private let requestsPerMinute: Int?

    /// - Parameter limit: of the answers' tokens.
    init(
        rows: Int, concurrency: Int = 8, requestsPerMinute: Int? = nil, limit: Int? = nil, endpoints: Int = 1
    ) throws {
        transports = (0..<endpoints).map { _ in ScriptedTransport() }
        folder = try TemporaryFolder()
        self.concurrency = concurrency
        self.requestsPerMinute = requestsPerMinute
        let queue = try Queue(path: folder.file("queue.db"), durability: .normal)
        runID = try queue.put(
            (0..<rows).map { try planned("r\($0)", "r\($0)", outputLimit: limit) }, into: queue.newRun()
        ).run.id
    }

    /// Dispatches what is left, with a script for each endpoint; `stopAfter` asks for a stop once so many requests have been sent in all.
    func run(
        stopAfter: Int? = nil, _ scripts: Script...
    ) async throws -> RunEnd {
        let queue = try Queue(path: folder.file("queue.db"), durability: .normal)
        let run = try #require(try queue.run(id: runID))
        _ = try queue.endLostAttempts(run: runID, now: timekeeper.now())
        let monitor = RunMonitor(rows: run.rows, totals: RunTotals())
        let dispatcher = try Dispatcher(
            executor: timekeeper, endpoints: transports.indices.map(outlet),
            recorder: Recorder(
                try Queue(path: folder.file("queue.db"), durability: .normal), run: run,
                endpoint: "http://localhost/v1", isChosenLater: transports.count > 1,
                timekeeper: timekeeper, executor: timekeeper),
            timekeeper: timekeeper, monitor: monitor, settings: settings)
        for (transport, script) in zip(transports, scripts) {
            transport.play(on: timekeeper, script) { count in
                if count == stopAfter { await dispatcher.stop() }
            }
        }
        let end = try await dispatcher.run()
        stops = monitor.snapshot.stops
        return end
    }

    private func outlet(_ number: Int) -> Dispatcher.Outlet {
        let name = transports.count > 1 ? "e\(number)" : nil
        var outlet = Dispatcher.Outlet(
            label: EndpointLabel(name: name, url: "http://\(name ?? "localhost")/v1"),
            control: EndpointControl(
                limits: Limits(concurrency: .fixed(concurrency), requestsPerMinute: requestsPerMinute),
                now: timekeeper.now()),
            transport: transports[number])
        outlet.price = price
        furnish(&outlet, number)
        return outlet
    }

    /// A budget for the next sitting, with what those before have spent.
    func setBudget(_ limits: BudgetLimits) throws {
        let queue = try Queue(reading: folder.file("queue.db"))
        settings.budget = try Budget(limits, queue.spending(of: queue.run(named: nil)), run: runID)
    }

    func report() throws -> RunReport {
        let queue = try Queue(reading: folder.file("queue.db"))
        return try queue.report(on: queue.run(named: nil))
    }

    func count(_ sql: String) throws -> Int64? {
        try Queue(reading: folder.file("queue.db")).database.integer(sql)
    }

    func execute(_ sql: String) throws {
        try Database(path: folder.file("queue.db"), mode: .readWrite).execute(sql)
    }
}

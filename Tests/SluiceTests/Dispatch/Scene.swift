import SQLite
import Testing

@testable import Sluice

/// A planned run in a queue of its own, to be dispatched as often as a test likes.
final class Scene {
    let folder: TemporaryFolder
    let transport = ScriptedTransport()
    let timekeeper = FlyingTimekeeper()
    var settings = Dispatcher.Settings()
    private let runID: Int64
    private let concurrency: Int
    private let requestsPerMinute: Int?

    /// - Parameter limit: of the answers' tokens.
    init(rows: Int, concurrency: Int = 8, requestsPerMinute: Int? = nil, limit: Int? = nil) throws {
        folder = try TemporaryFolder()
        self.concurrency = concurrency
        self.requestsPerMinute = requestsPerMinute
        let queue = try Queue(path: folder.file("queue.db"), durability: .normal)
        runID = try queue.put(
            (0..<rows).map { try planned("r\($0)", "r\($0)", outputLimit: limit) }, into: queue.newRun()
        ).run.id
    }

    /// Dispatches what is left; `stopAfter` asks for a stop once so many requests have been sent in all.
    func run(
        stopAfter: Int? = nil, _ script: @escaping @Sendable (String, Int) -> ScriptedTransport.Reply
    ) async throws -> RunEnd {
        let queue = try Queue(path: folder.file("queue.db"), durability: .normal)
        let run = try #require(try queue.run(id: runID))
        _ = try queue.endLostAttempts(run: runID, now: timekeeper.now())
        let executor = QueueExecutor()
        let dispatcher = try Dispatcher(
            executor: executor,
            admission: Admission(
                concurrency: concurrency, requestsPerMinute: requestsPerMinute, tokensPerMinute: nil,
                now: timekeeper.now()),
            transport: transport,
            recorder: Recorder(
                try Queue(path: folder.file("queue.db"), durability: .normal), run: run,
                endpoint: "http://localhost/v1",
                timekeeper: timekeeper),
            timekeeper: timekeeper, monitor: RunMonitor(rows: run.rows, totals: RunTotals()), settings: settings)
        transport.play(script) { count in
            if count == stopAfter { await dispatcher.stop() }
        }
        return try await dispatcher.run()
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

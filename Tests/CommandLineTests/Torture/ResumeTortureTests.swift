import Foundation
import SluiceSimulator
import Testing

@testable import Sluice

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension TortureTests {
    /// A large run that was interrupted: how soon its first request leaves.
    @Suite struct ResumeTortureTests {
        @Test(.timeLimit(.minutes(30))) func ofALargeRun() async throws {
            let torture = Torture("resume of a large run")
            let rows = torture.isFull ? max(1_000_000, torture.rows) : torture.rows
            let answers = rows / 100
            let workspace = try Workspace()
            let simulator = try await Simulator.start()
            try workspace.writeRows(rows)
            try workspace.write("job.yaml", jobFile(simulator, concurrency: torture.inFlight))
            let first = try workspace.start(["run", "job.yaml", "--quiet", "--grace", "5"], patience: 600)
            try #require(await simulator.wait { $0.answered >= answers })
            first.send(SIGINT)
            let ending = try await first.end()
            #expect(ending.code == 3, "\(ending.errors)")
            let seen = simulator.statistics().requests
            let revision = try workspace.report().run.revision
            let clock = SystemTimekeeper()
            let start = clock.now()
            let program = try workspace.start(["run", "job.yaml", "--quiet", "--grace", "5"], patience: 600)
            try #require(await simulator.wait { $0.requests > seen })
            let time = clock.now() - start
            program.send(SIGINT)
            _ = try await program.end()
            #expect(try workspace.report().run.revision == revision)
            _ = try workspace.examine(torture.seedComment)
            await simulator.stop()
            if torture.isFull { #expect(time < .seconds(2)) }
            torture.tell("\(rows) rows: the first request \(time.milliseconds) ms after the start")
        }
    }
}

extension Workspace {
    /// `rows.jsonl`, of about 360 bytes a row, without holding it.
    fileprivate func writeRows(_ rows: Int) throws {
        try write("rows.jsonl", "")
        let file = try #require(FileHandle(forWritingAtPath: "\(path)/rows.jsonl"))
        defer { try? file.close() }
        let filling = String(repeating: "and so on, word by word, ", count: 11)
        var text: [UInt8] = []
        for row in 1...rows {
            text += "{\"custom_id\":\"r\(row)\",\"prompt\":\"Question \(row): \(filling)\"}\n".utf8
            guard text.count > 1 << 20 || row == rows else { continue }
            try file.write(contentsOf: text)
            text.removeAll(keepingCapacity: true)
        }
    }
}

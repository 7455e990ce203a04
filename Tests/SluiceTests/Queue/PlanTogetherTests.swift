import Foundation
import SQLite
import Testing
import Threads

@testable import Sluice

/// Rows that are planned many at a time: the queue is as if each had come alone.
@Suite struct PlanTogetherTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func queue(_ name: String) throws -> Queue { try Queue(path: folder.file(name), durability: .normal) }

    private func rows(_ range: Range<Int>) throws -> [PlannedRequest] {
        try range.map { row in
            // Other URLs, rows without a name, columns that are kept and a large body stand between.
            var request = try planned(
                row % 50 == 7 ? nil : "r\(row)", row == 90 ? String(repeating: "x", count: 300 << 10) : "row \(row)",
                line: row * 2 + 1, url: (100..<103).contains(row) ? "/v1/embeddings" : "/v1/chat/completions",
                promptTokens: row, outputLimit: row % 3 == 0 ? row : nil, input: row % 4 == 0 ? "{\"n\":\(row)}" : nil)
            request.model = (130..<140).contains(row) ? nil : "m"
            request.priority = row % 2
            return request
        }
    }

    /// Every value of a table, in order of its rows.
    private func dump(_ table: String, _ columns: String, of queue: Queue) throws -> [String] {
        let quoted = columns.split(separator: ",").map { "quote(\($0))" }.joined(separator: " || ' ' || ")
        let query = try queue.database.statement("SELECT \(quoted) FROM \(table) ORDER BY 1")
        var found: [String] = []
        while try query.step() { found.append(query.text(0)) }
        return found
    }

    private func everything(of queue: Queue) throws -> [[String]] {
        [
            try dump(
                "requests",
                "id,run_id,revision,custom_id,method,url,body,fingerprint,prompt_estimate,output_limit,attachments,model",
                of: queue),
            try dump("states", "request_id,run_id,seq,line,retired,class,attempts,priority", of: queue),
            try dump("inputs", "request_id,columns", of: queue),
            try dump("runs", "id,revision,rows,first_request,planning", of: queue),
        ]
    }

    @Test func theQueueIsAsIfEachRowHadComeAlone() throws {
        let rows = try rows(0..<200)
        let (alone, together) = (try queue("alone.db"), try queue("together.db"))
        // A run of before, so that numbers do not begin at 1.
        for queue in [alone, together] { try queue.put([try planned("z")], into: queue.newRun("before")) }
        let (_, difference) = try alone.put(rows, into: alone.newRun())
        let writer = try PlanWriter(together, run: together.newRun(), mode: .write)
        for start in stride(from: 0, to: 200, by: 80) {
            #expect(try writer.add(Array(rows[start..<min(start + 80, 200)])).isEmpty)
        }
        _ = try writer.putInForce(at: Timestamp(milliseconds: 1))
        #expect(writer.difference == difference)
        #expect(try everything(of: together) == everything(of: alone))
        #expect(try together.database.integer("SELECT count(*) FROM inputs") == 50)
    }

    @Test(arguments: [[(3, 2)], [(40, 1), (41, 1), (69, 39)], [(64, 63), (99, 5)]])
    func aCustomIDStandsOnce(repeated: [(Int, Int)]) throws {
        let queue = try queue("queue.db")
        var rows = try rows(200..<300)
        for (row, earlier) in repeated { rows[row].customID = rows[earlier].customID }
        let writer = try PlanWriter(queue, run: queue.newRun(), mode: .write)
        let faults = try writer.add(rows)
        #expect(faults.map(\.line) == repeated.map { rows[$0.0].line })
        #expect(writer.difference.new == 100 - repeated.count)
        try writer.abandon()
        for table in ["requests", "states", "inputs"] {
            #expect(try queue.database.integer("SELECT count(*) FROM \(table)") == 0)
        }
    }

    @Test func faultsOfAllKindsAreToldInTheOrderOfTheirLines() throws {
        var lines = (1...120).map { #"{"id":"r\#($0)","q":"row"}"# }
        lines[39] = "{"
        lines[40] = #"{"id":"r1","q":"row"}"#
        lines[41] = #"{"id":"r43"}"#
        lines[79] = #"{"id":"r2","q":"row"}"#
        lines[80] = "[]"
        try folder.write("rows.jsonl", lines.joined(separator: "\n"))
        var job = Job(
            name: "job", input: .file(path: folder.file("rows.jsonl")),
            endpoint: Endpoint(baseURL: try BaseURL("http://localhost/v1")))
        job.request = try RequestTemplate(model: "m", system: nil, prompt: "{{q}}")
        job.customID = try Template(plain: "{{id}}")
        let queue = try queue("queue.db")
        let writer = try PlanWriter(queue, run: queue.newRun(), mode: .write)
        do {
            try Planner(job).plan(into: writer)
            Issue.record("an invalid plan was taken")
        } catch Planner.Failure.invalid(let first, let count) {
            #expect(first.map(\.line) == [40, 41, 42, 80, 81])
            #expect(count == 5)
        }
    }

    @Test func theLogIsCopiedBesideThePlanning() throws {
        let queue = try queue("queue.db")
        try queue.database.execute("PRAGMA wal_autocheckpoint = 0")
        let checkpoints = PlanCheckpoints(path: queue.path)
        let thread = try checkpoints.start()
        defer {
            checkpoints.end()
            SystemThread.join(thread)
        }
        try queue.put(rows(0..<100), into: queue.newRun())
        #expect(checkpoints.isIdle)
        #expect(checkpoints.finish() > 75)
        #expect(checkpoints.isIdle)
        #expect(!checkpoints.hasFailed)
        // The file by itself, without its log, holds the plan.
        try FileManager.default.copyItem(atPath: queue.path, toPath: folder.file("copy.db"))
        let copy = try Queue(path: folder.file("copy.db"))
        #expect(try copy.database.integer("SELECT count(*) FROM requests") == 100)
        // The log begins anew.
        try queue.put(rows(200..<210), into: queue.newRun("next"))
        #expect((1..<75).contains(checkpoints.finish()))
    }

    /// So large a plan has its log copied by another thread; the run goes on with the queue as ever.
    @Test(arguments: [true, false]) func aLargePlanLeavesNothingBehind(isWanted: Bool) throws {
        let queue = try queue("queue.db")
        let writer = try PlanWriter(queue, run: queue.newRun(), mode: .write)
        let text = String(repeating: "x", count: 200 << 10)
        for row in 0..<100 { #expect(try writer.add([planned("r\(row)", text, line: row + 1)]).isEmpty) }
        if isWanted { _ = try writer.putInForce(at: Timestamp(milliseconds: 1)) } else { try writer.abandon() }
        #expect(try queue.database.integer("SELECT count(*) FROM requests") == (isWanted ? 100 : 0))
        let pages = try queue.database.integer("PRAGMA wal_autocheckpoint").map { Int($0) }
        #expect(try pages == (16 << 20) / queue.database.pageBytes())
        let check = try queue.database.statement("PRAGMA integrity_check")
        #expect(try check.step())
        #expect(check.text(0) == "ok")
        check.reset()
        // Nobody else has the file open: it can be locked.
        try queue.database.execute("PRAGMA journal_mode = DELETE")
    }
}

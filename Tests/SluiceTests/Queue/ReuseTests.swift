import SQLite
import Testing

@testable import Sluice

/// Answers that a run takes over from another one.
@Suite struct ReuseTests {
    private let folder: TemporaryFolder
    private let queue: Queue
    /// Where `claim` says that requests are sent to.
    private let endpoint = "e"

    init() throws {
        folder = try TemporaryFolder()
        queue = try Queue(path: folder.file("queue.db"), durability: .normal)
    }

    private func rows(_ numbers: Range<Int>) throws -> [PlannedRequest] {
        try numbers.map { try planned("r\($0)", "prompt \($0)", line: $0 + 1) }
    }

    @discardableResult
    private func plan(
        _ rows: [PlannedRequest], _ run: RunRecord, from endpoint: String? = "e",
        expecting expectation: Sluice.Expectation? = nil
    ) throws -> (run: RunRecord, difference: PlanDifference) {
        // What would happen, said without a change, is what then does happen.
        let reading = try Queue(reading: folder.file("queue.db"))
        let reuse = try endpoint.map { try AnswerReuse(endpoints: [$0], expectation: expectation) }
        let comparing = try PlanWriter(reading, run: run, mode: .compare, reuse: reuse)
        for request in rows { #expect(try comparing.add(request) == nil) }
        let foretold = try comparing.compared()
        let writer = try PlanWriter(queue, run: run, mode: .write, reuse: reuse)
        for request in rows { #expect(try writer.add(request) == nil) }
        let planned = try writer.putInForce(at: Timestamp(milliseconds: 5))
        #expect(foretold == writer.difference)
        return (planned, writer.difference)
    }

    /// r0 to r3 ok, but for r1, which was cut.
    private func lastNight() throws -> RunRecord {
        let run = try queue.put(rows(0..<4), into: queue.newRun("night")).run
        var cursor = ClaimCursor()
        let claims = try queue.claim(9, run: run, cursor: &cursor).claims
        try queue.record(claims.map { $0.answered($0.customID, $0.customID == "r1" ? .truncated : .ok) }, run: run)
        return run
    }

    @Test func rowsAnsweredBeforeAreNotSentAndCostNothing() throws {
        _ = try lastNight()
        let (run, difference) = try plan(rows(0..<6), queue.newRun("night"))
        #expect(difference.new == 6)
        #expect(difference.reused == 3)
        #expect(difference.toSend == 3)
        #expect(difference.estimate.promptTokens == 6)
        var totals = try queue.totals(run: run.id)
        #expect(totals.reused == 3)
        #expect(totals[.ok] == 3)
        #expect(totals.attempts == 0)
        #expect(totals.totalTokens == 0)
        #expect(totals.costUnknown == 0)
        var cursor = ClaimCursor()
        let claims = try queue.claim(9, run: run, cursor: &cursor).claims
        #expect(claims.map(\.customID) == ["r1", "r4", "r5"])
        try queue.record(claims.map { $0.answered() }, run: run)
        var answers: [String: String] = [:]
        var attempts: [String: Int] = [:]
        try queue.forEachResult(of: run, input: false, request: false) {
            answers[$0.customID] = String(decoding: $0.answer ?? [], as: UTF8.self)
            attempts[$0.customID] = $0.attempts
        }
        #expect(answers["r2"]?.contains(#""content":"r2""#) == true)
        #expect(attempts == ["r0": 0, "r1": 1, "r2": 0, "r3": 0, "r4": 1, "r5": 1])
        // Typed again nothing is left, and the count stays.
        let again = try plan(rows(0..<6), run)
        #expect(again.difference.reused == 0)
        #expect(again.difference.settled == 6)
        totals = try queue.totals(run: run.id)
        #expect(totals.reused == 3)
        #expect(totals[.ok] == 6)
        let report = try queue.report(on: run)
        #expect(report.text.contains("reused    3 of the ok rows"))
        #expect(String(decoding: report.json, as: UTF8.self).contains(#""reused":3,"#))
    }

    @Test func nothingIsTakenOverUnasked() throws {
        _ = try lastNight()
        let (run, difference) = try plan(rows(0..<4), queue.newRun("night"), from: nil)
        #expect(difference.toSend == 4)
        #expect(try queue.totals(run: run.id).reused == 0)
        #expect(try !queue.hasFingerprintIndex())
    }

    @Test func anotherEndpointsAnswersAreNotTheSame() throws {
        _ = try lastNight()
        #expect(try plan(rows(0..<4), queue.newRun("night"), from: "elsewhere").difference.reused == 0)
    }

    @Test func twinsInOnePlanAreAskedEach() throws {
        let twins = [try planned("a", "same"), try planned("b", "same")]
        let (run, difference) = try plan(twins, queue.newRun())
        #expect(difference.reused == 0)
        try queue.answerAll(run)
        // A third in the same run too; of another run, all three are known.
        let three = twins + [try planned("c", "same")]
        #expect(try plan(three, run).difference.toSend == 1)
        #expect(try plan(three, queue.newRun("other")).difference.reused == 3)
    }

    @Test func aRowThatIsEditedMayBeKnown() throws {
        _ = try lastNight()
        let (run, _) = try plan([try planned("x", "new")], queue.newRun("night"))
        let (edited, difference) = try plan([try planned("x", "prompt 2")], run)
        #expect(difference.changed == 1)
        #expect(difference.reused == 1)
        #expect(try queue.totals(run: edited.id).reused == 1)
        // Edited away again, it does not count.
        let (away, _) = try plan([try planned("x", "newer")], edited)
        #expect(try queue.totals(run: away.id).reused == 0)
    }

    @Test func whatIsPutBackIsSent() throws {
        let night = try lastNight()
        let (run, _) = try plan(rows(0..<4), queue.newRun("night"))
        let summary = try queue.putBack(RetrySelection(classes: [.ok], customIDs: ["r0"]), of: run)
        // Its attempt was the other run's, and so is its answer.
        #expect(summary.attempts == 0)
        #expect(try queue.database.integer("SELECT count(*) FROM attempts WHERE answer IS NOT NULL") == 0)
        #expect(try queue.totals(run: run.id).reused == 2)
        #expect(try queue.totals(run: night.id)[.ok] == 3)
        #expect(try plan(rows(0..<4), run).difference.toSend == 2)
    }

    @Test func anAnswerMustPassTheJobsOwnCheck() throws {
        let first = try plan(rows(0..<2), queue.newRun("night")).run
        try queue.answerAll(first, text: "7")
        let second = try plan(rows(0..<1), queue.newRun("night"), from: nil).run
        try queue.answerAll(second, text: "seven")
        // The newer answer to r0 is no number, the older is.
        let number = Sluice.Expectation(.regex("^[0-9]$"))
        #expect(try plan(rows(0..<2), queue.newRun("x"), expecting: number).difference.reused == 2)
        let word = Sluice.Expectation(.regex("^[a-z]+$"))
        #expect(try plan(rows(0..<2), queue.newRun("y"), expecting: word).difference.reused == 1)
    }

    @Test func anAbandonedPlanLeavesNoResults() throws {
        _ = try lastNight()
        let run = try queue.newRun("night")
        let writer = try PlanWriter(queue, run: run, mode: .write, reuse: AnswerReuse(endpoints: [endpoint]))
        for request in try rows(0..<4) { _ = try writer.add(request) }
        try writer.pause()
        #expect(try queue.database.integer("SELECT count(*) FROM results") == 4 + 3)
        try writer.abandon()
        #expect(try queue.database.integer("SELECT count(*) FROM results") == 4)
    }

    /// The run that takes over is older than the answer, and the row that brought it is edited and deleted.
    @Test func whatIsTakenOverFromAnEditedRowStaysToo() throws {
        let early = try queue.newRun("early")
        let night = try lastNight()
        let (run, _) = try plan(rows(0..<4), early)
        let edited = try queue.put(
            try rows(0..<4).map { $0.customID == "r0" ? try planned("r0", "other") : $0 }, into: night
        ).run
        #expect(try queue.deleteHistory(of: edited, now: Timestamp(milliseconds: 9)) == 1)
        for run in [run, edited] {
            #expect(try queue.closingBalance(of: run)?.differences == [])
        }
        let broken = try queue.database.statement("PRAGMA foreign_key_check")
        #expect(try !broken.step())
        #expect(try queue.database.integer("SELECT count(*) FROM attempts WHERE paid_by = \(night.id)") == 1)
    }

    @Test func whatIsTakenOverOutlivesTheRunItCameFrom() throws {
        let night = try lastNight()
        let (run, _) = try plan(rows(0..<4), queue.newRun("night"))
        try queue.deleteRun(night.id)
        let broken = try queue.database.statement("PRAGMA foreign_key_check")
        #expect(try !broken.step())
        var models: [String?] = []
        try queue.forEachResult(of: run, input: false, request: false) { models.append($0.model) }
        #expect(models == ["served", nil, "served", "served"])
        #expect(try queue.database.integer("SELECT count(*) FROM attempts WHERE run_id = \(run.id)") == 3)
        #expect(try queue.totals(run: run.id).attempts == 0)
        #expect(try queue.closingBalance(of: run)?.isEven == true)
        // And a run that is deleted, even in part, gives nothing away.
        try queue.database.execute("UPDATE runs SET pruning = 1")
        #expect(try plan(rows(0..<4), queue.newRun("night")).difference.reused == 0)
    }

    @Test func anAnswerOfAnyOfTheJobsEndpointsIsTakenOver() throws {
        _ = try lastNight()
        let reuse = try AnswerReuse(endpoints: ["other", "e"])
        let writer = try PlanWriter(queue, run: queue.newRun("night"), mode: .write, reuse: reuse)
        for request in try rows(0..<4) { #expect(try writer.add(request) == nil) }
        _ = try writer.putInForce(at: Timestamp(milliseconds: 5))
        #expect(writer.difference.reused == 3)
    }

    @Test func anAnswerOfAModelAskedInTheRequestsPlaceIsNotTakenOver() throws {
        _ = try lastNight()
        try queue.database.execute("UPDATE attempts SET asked_model = 'mini' WHERE id = 1")
        #expect(try plan(rows(0..<4), queue.newRun("night")).difference.reused == 2)
    }
}

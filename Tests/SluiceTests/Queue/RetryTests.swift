import SQLite
import Testing

@testable import Sluice

/// Rows that are put back to unsent: which, what is kept of them, and what is sent again.
@Suite struct RetryTests {
    private let folder: TemporaryFolder
    private let queue: Queue

    init() throws {
        folder = try TemporaryFolder()
        queue = try Queue(path: folder.file("queue.db"), durability: .normal)
    }

    private func record(
        _ claim: Claim, _ resultClass: ResultClass, code: String? = nil, status: Int = 200, cost: Int64? = 7
    ) -> AttemptRecord {
        var record = claim.answered(
            claim.customID, resultClass, usage: Usage(promptTokens: 1, completionTokens: 2, totalTokens: 3))
        record.errorCode = code
        record.status = status
        record.cost = cost.map(Money.init(picoDollars:))
        return record
    }

    /// Eight rows: r0 to r2 ok, r3 truncated, r4 and r5 failed of overload, r6 failed of a bad request, r7 unsent.
    private func settledRun(_ job: String = "job") throws -> RunRecord {
        let rows = try (0..<8).map { try planned("r\($0)", "prompt \($0)", line: $0 + 1) }
        let run = try queue.put(rows, into: queue.newRun(job)).run
        try queue.markStarted(run, endpoint: "e", at: Timestamp(milliseconds: 900))
        var cursor = ClaimCursor()
        let claims = try queue.claim(8, run: run, cursor: &cursor).claims
        var records = claims[..<3].map { record($0, .ok) }
        records.append(record(claims[3], .truncated))
        records += claims[4...5].map { record($0, .failed, code: "overloaded", status: 500) }
        records.append(record(claims[6], .failed, code: "bad_request", status: 400, cost: nil))
        var back = claims[7].answered()
        back.ending = .unsent
        back.disposition = .released
        back.sentAt = nil
        try queue.record(records + [back], run: run)
        return try #require(try queue.run(id: run.id))
    }

    private func classes(_ run: RunRecord) throws -> [String] {
        var classes: [String] = []
        try queue.forEachResult(of: run, input: false, request: false) { classes.append($0.resultClass.rawValue) }
        return classes
    }

    private func claimedAgain(_ run: RunRecord) throws -> [String] {
        var cursor = ClaimCursor()
        return try queue.claim(99, run: run, cursor: &cursor).claims.map(\.customID)
    }

    private struct Case: Sendable, CustomTestStringConvertible {
        var classes: Set<ResultClass> = []
        var codes: [String] = []
        var ids: [String] = []
        var expected: [String]
        var testDescription: String { "\(classes.map(\.rawValue).sorted()) \(codes) \(ids)" }
    }

    @Test(arguments: [
        Case(classes: [.failed], expected: ["r4", "r5", "r6"]),
        Case(classes: [.failed, .truncated], expected: ["r3", "r4", "r5", "r6"]),
        Case(classes: [.ok], expected: ["r0", "r1", "r2"]),
        Case(classes: [.refused], expected: []),
        Case(codes: ["overloaded"], expected: ["r4", "r5"]),
        Case(codes: ["overloaded", "bad_request"], expected: ["r4", "r5", "r6"]),
        Case(classes: [.truncated], codes: ["overloaded"], expected: []),
        Case(ids: ["r3", "r6", "r1", "r7"], expected: ["r3", "r6"]),
        Case(classes: [.ok, .failed], ids: ["r3", "r6", "r1"], expected: ["r1", "r6"]),
        Case(codes: ["bad_request"], ids: ["r4", "r6"], expected: ["r6"]),
    ])
    private func aSelectionPutsBackWhatItNames(_ example: Case) throws {
        let run = try settledRun()
        let selection = RetrySelection(classes: example.classes, errorCodes: example.codes, customIDs: example.ids)
        let foretold = try queue.rowsToRetry(selection, of: run)
        let summary = try queue.putBack(selection, of: run)
        #expect(foretold == summary)
        #expect(summary.rows == example.expected.count)
        let expected = Set(example.expected + ["r7"])
        #expect(try Set(claimedAgain(run)) == expected)
        let report = try queue.report(on: run)
        #expect(report.unsent == expected.count)
        #expect(try queue.database.integer("PRAGMA foreign_keys") == 0)
        let broken = try queue.database.statement("PRAGMA foreign_key_check")
        #expect(try !broken.step())
    }

    @Test func whatWasPaidStaysInTheLedgerWithItsAnswer() throws {
        let run = try settledRun()
        let before = try queue.totals(run: run.id)
        let summary = try queue.putBack(RetrySelection(classes: [.failed, .ok]), of: run)
        #expect(
            summary.groups == [
                .init(resultClass: .failed, errorCode: "overloaded", rows: 2),
                .init(resultClass: .failed, errorCode: "bad_request", rows: 1),
                .init(resultClass: .ok, errorCode: nil, rows: 3),
            ])
        #expect(summary.attempts == 6)
        #expect(summary.totalTokens == 18)
        #expect(summary.cost == Money(picoDollars: 35))
        // A request that was turned away costs nothing, known or not.
        #expect(summary.costUnknown == 0)

        var after = try queue.totals(run: run.id)
        #expect(after.classes == [.truncated: 1])
        after.classes = before.classes
        #expect(after == before)
        #expect(try queue.closingBalance(of: run)?.isEven == true)
        let answers = try queue.database.statement("SELECT answer FROM attempts WHERE answer IS NOT NULL ORDER BY id")
        var kept: [String] = []
        while try answers.step() { kept.append(answers.text(0)) }
        #expect(kept.count == 6)
        #expect(kept.first?.contains(#""content":"r0""#) == true)
        #expect(try queue.database.integer("SELECT count(*) FROM results") == 1)
        #expect(try queue.report(on: run).state == "rows put back")
    }

    @Test func countersOfTriesBeginAgain() throws {
        let run = try settledRun()
        try queue.database.execute(
            """
            UPDATE states SET attempts = 3, throttles = 2, invalids = 1, grown = 1;
            INSERT INTO amendments SELECT request_id, 99, NULL FROM states;
            """)
        _ = try queue.putBack(RetrySelection(customIDs: ["r4"]), of: run)
        #expect(
            try queue.database.integer("SELECT count(*) FROM states WHERE attempts + throttles + invalids + grown = 0")
                == 1)
        #expect(try queue.database.integer("SELECT count(*) FROM amendments") == 7)
    }

    @Test func theAnswerOfARetryTakesThePlaceOfTheOld() throws {
        let run = try settledRun()
        _ = try queue.putBack(RetrySelection(classes: [.truncated]), of: run)
        var cursor = ClaimCursor()
        let claims = try queue.claim(9, run: run, cursor: &cursor).claims.filter { $0.customID == "r3" }
        try queue.record(claims.map { $0.answered("whole") }, run: run)
        #expect(try classes(run).filter { $0 == "truncated" }.isEmpty)
        #expect(try queue.totals(run: run.id)[.ok] == 4)
        #expect(
            try queue.database.integer(
                "SELECT count(*) FROM attempts a JOIN requests r ON r.id = a.request_id WHERE r.custom_id = 'r3'"
            ) == 2)
    }

    @Test func onlyThePlanInForceIsTouched() throws {
        var run = try settledRun()
        let other = try settledRun("other")
        // r4 is edited and r5 removed: their failures are of no plan any more.
        let rows = try (0..<8).filter { $0 != 5 }.map {
            try planned("r\($0)", $0 == 4 ? "edited" : "prompt \($0)", line: $0 + 1)
        }
        run = try queue.put(rows, into: run).run
        let summary = try queue.putBack(RetrySelection(classes: [.failed]), of: run)
        #expect(summary.rows == 1)
        #expect(try queue.database.integer("SELECT count(*) FROM states WHERE class = 'failed'") == 2 + 3)
        #expect(try queue.totals(run: other.id)[.failed] == 3)
    }

    @Test func whatTheRunDoesNotHaveIsNamed() throws {
        let run = try settledRun()
        #expect(throws: RetryFault.unknownCode("overload", run: run.id, known: ["bad_request", "overloaded"])) {
            try queue.putBack(RetrySelection(errorCodes: ["overload"]), of: run)
        }
        #expect(throws: RetryFault.unknownID("r9", run: run.id)) {
            try queue.putBack(RetrySelection(customIDs: ["r4", "r9"]), of: run)
        }
        #expect(throws: RetryFault.unknownClass("fail")) { try RetrySelection.resultClass("fail") }
        #expect(throws: RetryFault.unsentClass) { try RetrySelection.resultClass("unsent") }
        // Nothing of it was done.
        #expect(try queue.totals(run: run.id).settled == 7)
        // A code that was there and is put back is no mistake.
        _ = try queue.putBack(RetrySelection(errorCodes: ["overloaded"]), of: run)
        #expect(try queue.putBack(RetrySelection(errorCodes: ["overloaded"]), of: run).rows == 0)
    }

    @Test func rowsThatAreOkAreLeftAndCounted() throws {
        let run = try settledRun()
        #expect(try queue.putBack(RetrySelection(customIDs: ["r0", "r1", "r4"]), of: run).okLeft == 2)
        #expect(try queue.putBack(RetrySelection(classes: [.ok], customIDs: ["r0"]), of: run).okLeft == 0)
    }

    @Test func aRunThatIsBeingRunIsLeft() throws {
        let run = try settledRun()
        let path = folder.file("queue.db")
        let lock = try RunLock(queue: path, run: run.id)
        #expect(throws: QueueError.self) {
            try Queue.retry(RetrySelection(classes: [.failed]), run: "job", queue: path, isDryRun: false)
        }
        // Looking is free.
        let report = try Queue.retry(RetrySelection(classes: [.failed]), run: "job", queue: path, isDryRun: true)
        #expect(report.summary.rows == 3)
        withExtendedLifetime(lock) {}
        #expect(try queue.totals(run: run.id)[.failed] == 3)
    }
}

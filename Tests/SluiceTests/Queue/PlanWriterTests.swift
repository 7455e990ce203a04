import Testing

@testable import Sluice

/// The plan difference: each row is told how the file was edited, and the queue is left accordingly.
@Suite struct PlanWriterTests {
    private let folder: TemporaryFolder
    private let queue: Queue
    private let abc: [PlannedRequest]

    init() throws {
        abc = [try planned("a", "1"), try planned("b", "2"), try planned("c", "3")]
        folder = try TemporaryFolder()
        queue = try Queue(path: folder.file("queue.db"), durability: .normal)
    }

    private func difference(
        new: Int = 0, changed: Int = 0, removed: Int = 0, reusable: Int = 0, settled: Int = 0, moved: Int = 0
    ) -> PlanDifference {
        var difference = PlanDifference()
        difference.new = new
        difference.changed = changed
        difference.removed = removed
        difference.reusable = reusable
        difference.settled = settled
        difference.moved = moved
        return difference
    }

    private func replan(_ run: RunRecord, _ requests: [PlannedRequest]) throws -> (RunRecord, PlanDifference) {
        // What would happen, said without a change, is what then does happen.
        let comparing = try PlanWriter(queue, run: run, mode: .compare)
        for request in requests { #expect(try comparing.add(request) == nil) }
        let foretold = try comparing.compared()
        let (planned, difference) = try queue.put(requests, into: run)
        #expect(foretold == difference)
        return (planned, difference.withoutEstimate)
    }

    private func order(_ run: RunRecord) throws -> [String] {
        var order: [String] = []
        try queue.forEachResult(of: run, input: false, request: false) { order.append($0.customID) }
        return order
    }

    @Test func aFirstPlanIsNew() throws {
        let (run, found) = try replan(queue.newRun(), abc)
        #expect(found == difference(new: 3))
        #expect(run.rows == 3)
        #expect(run.revision == 1)
        #expect(try order(run) == ["a", "b", "c"])
    }

    @Test func theSamePlanAgainChangesNothing() throws {
        let run = try queue.put(abc, into: queue.newRun()).run
        try queue.answerAll(run)
        let (again, found) = try replan(run, abc)
        #expect(found == difference(reusable: 3, settled: 3))
        #expect(try queue.totals(run: again.id)[.ok] == 3)
    }

    @Test func anEditedRowIsAskedAgainAndItsOldAnswerLeavesTheResults() throws {
        let run = try queue.put(abc, into: queue.newRun()).run
        try queue.answerAll(run, text: "old")
        let (again, found) = try replan(run, [abc[0], try planned("b", "edited"), abc[2]])
        #expect(found == difference(changed: 1, reusable: 2, settled: 2))
        let totals = try queue.totals(run: run.id)
        #expect(totals[.ok] == 2)
        var rows: [ResultRow] = []
        try queue.forEachResult(of: again, input: false, request: false) { rows.append($0) }
        #expect(rows.map(\.customID) == ["a", "b", "c"])
        #expect(rows.map(\.resultClass) == [.ok, .unsent, .ok])
        #expect(rows[1].answer == nil)
        var cursor = ClaimCursor()
        let claims = try queue.claim(10, run: again, cursor: &cursor).claims
        #expect(claims.map(\.customID) == ["b"])
        // The old answer stays in the history.
        #expect(try queue.database.integer("SELECT count(*) FROM results") == 3)
    }

    @Test func rowsAddedRemovedAndMoved() throws {
        let run = try queue.put(abc, into: queue.newRun()).run
        try queue.answerAll(run)
        let (again, found) = try replan(run, [abc[2], try planned("d", "4"), abc[0]])
        #expect(found == difference(new: 1, removed: 1, reusable: 2, settled: 2, moved: 2))
        #expect(try order(again) == ["c", "d", "a"])
        #expect(try queue.totals(run: run.id)[.ok] == 2)
        let (back, undone) = try replan(again, abc)
        // The answer to b is still there.
        #expect(undone == difference(removed: 1, reusable: 3, settled: 3, moved: 2))
        #expect(try order(back) == ["a", "b", "c"])
        #expect(try queue.totals(run: run.id)[.ok] == 3)
    }

    @Test func anEditTakenBackIsNotPaidForAgain() throws {
        let run = try queue.put(abc, into: queue.newRun()).run
        try queue.answerAll(run, text: "first")
        let edited = try queue.put([abc[0], planned("b", "edited"), abc[2]], into: run).run
        try queue.answerAll(edited, text: "second")
        let (back, undone) = try replan(edited, abc)
        #expect(undone == difference(reusable: 3, settled: 3))
        var texts: [String] = []
        try queue.forEachResult(of: back, input: false, request: false) {
            texts.append(String(decoding: $0.answer ?? [], as: UTF8.self).contains("first") ? "first" : "second")
        }
        #expect(texts == ["first", "first", "first"])
        let (_, again) = try replan(back, [abc[0], planned("b", "edited"), abc[2]])
        #expect(again == difference(reusable: 3, settled: 3))
        #expect(try queue.totals(run: run.id)[.ok] == 3)
        #expect(try queue.database.integer("SELECT count(*) FROM requests") == 4)
    }

    @Test func aNameThatComesBackStandsOnceToo() throws {
        let run = try queue.put(abc, into: queue.newRun()).run
        let shorter = try queue.put([abc[0], abc[2]], into: run).run
        for mode in [PlanWriter.Mode.compare, .write] {
            let writer = try PlanWriter(queue, run: shorter, mode: mode)
            #expect(try writer.add(abc[1]) == nil)
            #expect(try writer.add(planned("b", "another")) != nil)
            #expect(try writer.add(abc[1]) != nil)
            try writer.abandon()
        }
    }

    @Test func columnsAskedForLaterAreKept() throws {
        let run = try queue.put(abc, into: queue.newRun()).run
        try queue.answerAll(run)
        let rows = try abc.map {
            try planned(
                $0.customID, String($0.customID == "a" ? "1" : $0.customID == "b" ? "2" : "3"), input: "{\"n\":1}")
        }
        let (again, found) = try replan(run, [rows[0], rows[2], rows[1]])
        #expect(found == difference(reusable: 3, settled: 3, moved: 2))
        var inputs = 0
        try queue.forEachResult(of: again, input: true, request: false) { if $0.input != nil { inputs += 1 } }
        #expect(inputs == 3)
    }

    @Test func rowsAtTheEndOnly() throws {
        let run = try queue.put(abc, into: queue.newRun()).run
        let (longer, added) = try replan(run, abc + [try planned("d", "4")])
        #expect(added == difference(new: 1, reusable: 3))
        let (shorter, removed) = try replan(longer, Array(abc.prefix(1)))
        #expect(removed == difference(removed: 3, reusable: 1))
        #expect(try order(shorter) == ["a"])
    }

    @Test(arguments: [
        (["a", "a"], 1), (["a", "b", "a"], 2), (["x", "y", "x"], 2), (["a", "b", "c", "b"], 3), (["b", "a", "b"], 2),
    ])
    func aCustomIDStandsOnce(ids: [String], faultAt: Int) throws {
        let run = try queue.put(abc, into: queue.newRun()).run
        let rows = try ids.enumerated().map { index, id in
            try abc.first { $0.customID == id } ?? planned(id, "row \(index)")
        }
        for mode in [PlanWriter.Mode.compare, .write] {
            let writer = try PlanWriter(queue, run: run, mode: mode)
            for (index, row) in rows.enumerated() {
                #expect((try writer.add(row) != nil) == (index == faultAt))
            }
            try writer.abandon()
        }
        #expect(try order(queue.run(named: nil)) == ["a", "b", "c"])
    }

    @Test func aDuplicateInAFirstPlanIsFound() throws {
        let writer = try PlanWriter(queue, run: queue.newRun(), mode: .write)
        #expect(try writer.add(try planned("a", "1")) == nil)
        #expect(try writer.add(try planned("a", "2")) != nil)
    }

    @Test func rowsWithoutNameAreTheirFingerprintAndItsOccurrence() throws {
        let same = try planned(nil, "same")
        let run = try queue.put([same, try planned(nil, "other"), same], into: queue.newRun()).run
        let names = try order(run)
        #expect(names[0].count == 32)
        #expect(names[2] == "\(names[0])-2")
        try queue.answerAll(run)
        let (_, found) = try replan(run, [try planned(nil, "other"), same, same])
        #expect(found == difference(reusable: 3, settled: 3, moved: 2))
    }

    @Test func anAbandonedPlanLeavesTheOneBefore() throws {
        let run = try queue.put(abc, into: queue.newRun()).run
        try queue.answerAll(run)
        let writer = try PlanWriter(queue, run: run, mode: .write)
        for request in [try planned("a", "edited"), try planned("z", "new")] { #expect(try writer.add(request) == nil) }
        try writer.abandon()
        let (_, found) = try replan(queue.run(named: nil), abc)
        #expect(found == difference(reusable: 3, settled: 3))
        #expect(try queue.database.integer("SELECT count(*) FROM requests") == 3)
    }

    @Test func aPlanWhoseProgramDiedIsClearedAway() throws {
        let run = try queue.put(abc, into: queue.newRun()).run
        let writer = try PlanWriter(queue, run: run, mode: .write)
        for request in [try planned("a", "edited"), try planned("z", "new")] { #expect(try writer.add(request) == nil) }
        // As a dead process leaves it: staged rows committed, never put in force.
        try queue.database.execute("COMMIT")
        let found = try queue.run(named: nil)
        #expect(found.isPlanning)
        #expect(try order(found) == ["a", "b", "c"])
        let (again, difference) = try replan(found, abc)
        #expect(difference == self.difference(reusable: 3))
        #expect(!again.isPlanning)
        #expect(try queue.database.integer("SELECT count(*) FROM requests") == 3)
    }

    @Test func limitsThatNoNumberHoldsAreSummedToTheLargest() throws {
        let rows = try ["a", "b"].map { try planned($0, $0, outputLimit: .max) }
        let found = try queue.put(rows, into: queue.newRun()).1
        #expect(found.estimate.outputLimit == .max)
    }

    @Test func whatIsLeftToSendIsEstimated() throws {
        let rows = [try planned("a", "1", promptTokens: 10, outputLimit: 100), try planned("b", "2", promptTokens: 5)]
        let run = try queue.put(Array(rows.prefix(1)), into: queue.newRun()).run
        try queue.answerAll(run)
        let found = try queue.put(rows, into: run).1
        #expect(found.toSend == 1)
        #expect(found.estimate.promptTokens == 5)
        #expect(found.estimate.unlimitedRows == 1)
    }
}

extension PlanDifference {
    fileprivate var withoutEstimate: PlanDifference {
        var copy = self
        copy.estimate = PlanEstimate()
        return copy
    }
}

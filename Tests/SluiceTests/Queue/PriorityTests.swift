import Testing

@testable import Sluice

/// In which order rows are claimed.
@Suite struct PriorityTests {
    private let folder: TemporaryFolder
    private let queue: Queue

    init() throws {
        folder = try TemporaryFolder()
        queue = try Queue(path: folder.file("queue.db"), durability: .normal)
    }

    private func rows(_ priorities: [Int]) throws -> [PlannedRequest] {
        try priorities.enumerated().map { index, priority in
            var request = try planned("r\(index)", "prompt \(index)", line: index + 1)
            request.priority = priority
            return request
        }
    }

    private func order(_ run: RunRecord, step: Int) throws -> [String] {
        var cursor = ClaimCursor()
        var ids: [String] = []
        while true {
            let exchange = try queue.claim(step, run: run, cursor: &cursor)
            ids += exchange.claims.map(\.customID)
            if exchange.isExhausted { return ids }
        }
    }

    @Test(arguments: [1, 2, 3, 100])
    func theGreatestComesFirstAndThenTheOrderOfTheInput(step: Int) throws {
        let run = try queue.put(rows([0, 5, -1, 0, 5, 100, -1]), into: queue.newRun()).run
        #expect(try order(run, step: step) == ["r5", "r1", "r4", "r0", "r3", "r2", "r6"])
    }

    /// It is not part of what is sent: another priority changes the order and nothing else.
    @Test func anotherPriorityIsNotAnotherRequest() throws {
        var run = try queue.put(rows([0, 0, 1, 0]), into: queue.newRun()).run
        let (again, difference) = try queue.put(rows([0, 3, 0, 0]), into: run)
        run = again
        #expect(difference.reusable == 4)
        #expect(difference.changed == 0)
        #expect(try order(run, step: 9) == ["r1", "r0", "r2", "r3"])
        // And back to one without any.
        run = try queue.put(rows([0, 0, 0, 0]), into: run).run
        #expect(try order(run, step: 9) == ["r0", "r1", "r2", "r3"])
    }

    /// Rows that are due to be tried again leave every fourth place to rows that were never sent.
    @Test(arguments: [1, 2, 4, 7])
    func retriesDoNotStarveNewRows(step: Int) throws {
        let run = try queue.put(rows(Array(repeating: 0, count: 60)), into: queue.newRun()).run
        var cursor = ClaimCursor()
        // Whatever is claimed fails, and is due again at once.
        var fresh: Set<String> = []
        var claims = 0
        while claims < 80 {
            let exchange = try queue.claim(step, run: run, cursor: &cursor)
            claims += exchange.claims.count
            fresh.formUnion(exchange.claims.map(\.customID))
            try queue.record(
                exchange.claims.map {
                    var record = $0.answered()
                    record.ending = .retried
                    record.disposition = .again(notBefore: Timestamp(milliseconds: 1))
                    return record
                }, run: run)
        }
        #expect((20...30).contains(fresh.count))
    }

    @Test func retriesTakeAllWhereNothingElseIsLeft() throws {
        let run = try queue.put(rows([0, 0, 0, 0]), into: queue.newRun()).run
        var cursor = ClaimCursor()
        let claims = try queue.claim(9, run: run, cursor: &cursor).claims
        try queue.record(
            claims.map {
                var record = $0.answered()
                record.ending = .retried
                record.disposition = .again(notBefore: Timestamp(milliseconds: 1))
                return record
            }, run: run)
        #expect(try queue.claim(4, run: run, cursor: &cursor).claims.count == 4)
    }
}

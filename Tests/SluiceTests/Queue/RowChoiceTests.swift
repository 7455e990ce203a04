import Testing

@testable import Sluice

@Suite struct RowChoiceTests {
    private static func queue(rows: Int) throws -> (Queue, RunRecord, TemporaryFolder) {
        let folder = try TemporaryFolder()
        let queue = try Queue(path: folder.file("queue.db"), durability: .normal)
        let run = try queue.put(try (0..<rows).map { try planned("r\($0)", "p\($0)") }, into: queue.newRun()).run
        return (queue, run, folder)
    }

    @Test(arguments: [(1, 100), (7, 100), (50, 100), (99, 100), (100, 100), (3, 3), (20, 1_000_000)])
    func onePlaceOfEachStretch(count: Int, total: Int) {
        let places = (0..<count).map { Queue.place($0, of: count, in: total) }
        #expect(zip(places, places.dropFirst()).allSatisfy { $0 < $1 })
        for (stretch, place) in places.enumerated() {
            #expect((total * stretch / count..<total * (stretch + 1) / count).contains(place))
        }
    }

    /// Rows that alternate between kinds are met in each of them.
    @Test(arguments: [2, 3, 4, 5, 10])
    func noPeriodIsKeptStepWith(period: Int) {
        var met: [Int: Int] = [:]
        for stretch in 0..<100 { met[Queue.place(stretch, of: 100, in: 10_000) % period, default: 0] += 1 }
        #expect(met.count == period)
        #expect(met.values.allSatisfy { $0 > 60 / period && $0 < 150 / period })
    }

    @Test func onlyWhatIsChosenIsClaimed() throws {
        let (queue, run, _) = try Self.queue(rows: 100)
        #expect(try queue.choose(10, of: run) == 10)
        var cursor = ClaimCursor()
        let claims = try queue.exchange(
            run: run.id, recording: [], claiming: 64, from: .chosen, cursor: &cursor, endpoint: "e", activeTime: .zero,
            now: Timestamp(milliseconds: 1_000))
        #expect(claims.claims.count == 10)
        #expect(claims.isExhausted)
        try queue.record(claims.claims.map { $0.answered() }, run: run)
        // The next choice is of those that are left; there is an end to it.
        #expect(try queue.choose(1_000, of: run) == 90)
        cursor = ClaimCursor()
        let rest = try queue.exchange(
            run: run.id, recording: [], claiming: 1_000, from: .chosen, cursor: &cursor, endpoint: "e",
            activeTime: .zero,
            now: Timestamp(milliseconds: 1_000))
        #expect(Set(rest.claims.map(\.customID)).isDisjoint(with: claims.claims.map(\.customID)))
        #expect(rest.claims.count == 90)
    }

    @Test func whatIsLeftIsEstimatedFromTheQueue() throws {
        let folder = try TemporaryFolder()
        let queue = try Queue(path: folder.file("queue.db"), durability: .normal)
        let rows = try (0..<6).map { try planned("r\($0)", "p\($0)", promptTokens: 10 + $0, outputLimit: 100) }
        let run = try queue.put(rows, into: queue.newRun()).run
        var cursor = ClaimCursor()
        let claims = try queue.claim(2, run: run, cursor: &cursor).claims
        try queue.record(claims.map { $0.answered() }, run: run)
        let left = try queue.estimateUnsent(of: run)
        var expected = PlanEstimate()
        for row in 2..<6 { expected.add(model: "m", promptTokens: 10 + row, outputLimit: 100) }
        #expect(left.rows == 4)
        #expect(left.estimate == expected)
    }

    @Test func theSampleHoldsWhatARowTookInAll() throws {
        let (queue, run, _) = try Self.queue(rows: 4)
        var cursor = ClaimCursor()
        let claims = try queue.claim(3, run: run, cursor: &cursor).claims
        let usage = Usage(promptTokens: 10, completionTokens: 20, totalTokens: 30)
        // The first row is asked for twice; the second does not say what it took; the third waits to be tried again.
        var first = claims[0].answered(usage: usage)
        first.ending = .invalid
        first.disposition = .again(notBefore: Timestamp(milliseconds: 1))
        var waiting = claims[2].answered(usage: usage)
        waiting.ending = .retried
        waiting.disposition = .again(notBefore: Timestamp(milliseconds: 99_000))
        try queue.record([first, claims[1].answered(), waiting], run: run)
        let again = try queue.claim(3, run: run, cursor: &cursor, at: 2_000).claims
        try queue.record([again[0].answered(usage: usage)], run: run)
        let price = Pricing(Price(input: Money(picoDollars: 1_000_000), output: Money(picoDollars: 1_000_000)))
        let sample = try queue.answerSample(of: run, pricing: price)
        #expect(
            sample.rows == [
                AnswerSample.Row(
                    promptEstimate: 2, promptTokens: 20, completionTokens: 40, totalTokens: 60,
                    cost: Money(picoDollars: 60), attempts: 2, time: .milliseconds(800)),
                AnswerSample.Row(promptEstimate: 2, attempts: 1, time: .milliseconds(400)),
            ])
        #expect(try queue.answerSample(job: "job", pricing: nil).rows.count == 2)
        #expect(try queue.answerSample(job: "other", pricing: nil).rows.isEmpty)
    }
}

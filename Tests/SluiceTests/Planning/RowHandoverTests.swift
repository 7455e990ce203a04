import Synchronization
import Testing
import Threads

@testable import Sluice

/// Rows on their way from the reading thread to the writing one.
@Suite struct RowHandoverTests {
    private struct Broken: Error {}

    private func batch(line: Int, bytes: Int = 0) throws -> RowBatch {
        var batch = RowBatch()
        batch.append(try planned(nil, String(repeating: " ", count: bytes), line: line))
        return batch
    }

    private func lines(_ batch: RowBatch) -> [Int] { batch.requests.map(\.line) }

    @Test(arguments: [0, 5 << 20]) func allRowsComeInOrderHoweverFarTheReaderIsAhead(bytes: Int) throws {
        let handover = RowHandover()
        let batches = try (1...40).map { try batch(line: $0, bytes: bytes) }
        let ahead = Atomic<Int>(0)
        let most = Atomic<Int>(0)
        try withJoined {
            for batch in batches {
                do { try handover.give(batch) } catch { return }
                let lying = ahead.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue
                _ = most.max(lying, ordering: .sequentiallyConsistent)
            }
            handover.finish(.success(nil))
        } beside: {
            var found: [Int] = []
            while let batch = try handover.next() {
                ahead.wrappingSubtract(1, ordering: .sequentiallyConsistent)
                found += lines(batch)
            }
            #expect(found == Array(1...40))
        }
        // One may be counted as given before the one that made room for it is counted as taken.
        let furthest = most.load(ordering: .sequentiallyConsistent)
        #expect(furthest <= (bytes == 0 ? 5 : 2))
    }

    @Test func anErrorComesAfterTheRowsBeforeIt() throws {
        let handover = RowHandover()
        try handover.give(try batch(line: 1))
        handover.finish(.failure(Broken()))
        #expect(try handover.next().map(lines) == [1])
        #expect(throws: Broken.self) { try handover.next() }
        #expect(throws: Broken.self) { try handover.identity() }
    }

    @Test func whoeverWaitsToGiveIsToldThatNobodyWantsIt() throws {
        let handover = RowHandover()
        let isTold = Atomic<Bool>(false)
        let batch = try batch(line: 1)
        try withJoined {
            do {
                while true {
                    try handover.give(batch)
                }
            } catch {
                isTold.store(true, ordering: .sequentiallyConsistent)
            }
        } beside: {
            _ = try handover.next()
            handover.refuse()
        }
        let wasTold = isTold.load(ordering: .sequentiallyConsistent)
        #expect(wasTold)
        #expect(throws: RowHandover.Unwanted.self) { try handover.check() }
    }

    private func withJoined(_ body: @escaping @Sendable () -> Void, beside: () throws -> Void) throws {
        let thread = try SystemThread.start("row-giver", body)
        let result = Result { try beside() }
        SystemThread.join(thread)
        try result.get()
    }
}

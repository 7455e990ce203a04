import Testing

@testable import Sluice

@Suite struct EndpointPoolTests {
    private let start = Timestamp(milliseconds: 1_800_000_000_000)

    private let health = EndpointHealth(patience: .seconds(30))

    private func pool(_ weights: Double...) -> EndpointPool {
        EndpointPool(
            weights.enumerated().map { (EndpointLabel(name: "e\($0)", url: "http://e\($0)"), $1, health) })
    }

    private func standing(
        _ inFlight: Int, of places: Int = 10, _ gate: EndpointPool.Gate = .open
    ) -> EndpointPool.Standing {
        EndpointPool.Standing(inFlight: inFlight, places: places, gate: inFlight < places ? gate : .full)
    }

    private func choose(
        _ pool: EndpointPool, _ standings: [EndpointPool.Standing], _ history: EndpointHistory = EndpointHistory(),
        at now: Timestamp? = nil
    ) -> EndpointPool.Choice {
        pool.choose(history: history, now: now ?? start) { standings[$0] }
    }

    @Test(
        arguments: [
            ([1.0, 1], [(3, 10), (2, 10)], 1), ([1, 1], [(2, 10), (3, 10)], 0), ([1, 1], [(9, 100), (2, 10)], 0),
            ([2, 1], [(3, 10), (2, 10)], 0), ([3, 1], [(3, 10), (0, 10)], 1), ([1, 1], [(10, 10), (9, 10)], 1),
            ([1, 3], [(0, 10), (0, 10)], 1), ([1, 1], [(0, 10), (0, 50)], 1),
        ] as [([Double], [(Int, Int)], Int)])
    func theLeastLoadedForItsWeightAndPlacesIsChosen(weights: [Double], loads: [(Int, Int)], expected: Int) {
        let pool = EndpointPool(weights.map { (EndpointLabel(url: "http://e"), $0, health) })
        #expect(choose(pool, loads.map { standing($0.0, of: $0.1) }) == .endpoint(expected))
    }

    @Test func limitsAreTold() {
        let pool = pool(1, 1)
        let (soon, late) = (start + .seconds(1), start + .seconds(2))
        #expect(choose(pool, [standing(0, .opens(at: soon)), standing(5)]) == .endpoint(1))
        #expect(choose(pool, [standing(0, .opens(at: late)), standing(0, .opens(at: soon))]) == .wait(until: soon))
        #expect(choose(pool, [standing(0, .opens(at: late)), standing(10)]) == .wait(until: late))
        #expect(choose(pool, [standing(10), standing(10)]) == .full)
    }

    @Test func aRequestThatFailedGoesElsewhereWhereItCan() {
        let pool = pool(1, 1)
        var history = EndpointHistory()
        history.failedAt = 0
        #expect(choose(pool, [standing(0), standing(9)], history) == .endpoint(1))
        #expect(choose(pool, [standing(0), standing(10)], history) == .endpoint(0))
    }

    /// Only the endpoint at rest may serve it: it is what that is tried with, although another serves others.
    @Test func aRequestThatWasTurnedDownTriesTheOneAtRest() {
        var pool = pool(1, 1)
        var history = EndpointHistory()
        history.rejectedBy.insert(0)
        _ = pool.landed(1, .unreachable(words: "away"), leftAt: start, now: start)
        let standings = [standing(0), standing(0)]
        #expect(choose(pool, standings, history) == .wait(until: start + .milliseconds(500)))
        #expect(choose(pool, standings, history, at: start + .seconds(1)) == .endpoint(1))
        // One that failed at the other may well go there, and is not what to try with.
        var failed = EndpointHistory()
        failed.failedAt = 1
        #expect(choose(pool, standings, failed, at: start + .seconds(1)) == .endpoint(0))
    }

    @Test func aRequestThatWasTurnedDownWaitsForAnother() {
        var pool = pool(1, 1)
        var history = EndpointHistory()
        history.rejectedBy.insert(0)
        #expect(choose(pool, [standing(0), standing(10)], history) == .full)
        #expect(pool.isWorthTryingElsewhere(history))
        pool.stop(1, .stopped(.quota, words: "spent"))
        #expect(!pool.isWorthTryingElsewhere(history))
        #expect(choose(pool, [standing(0), standing(0)], history) == .endpoint(0))
    }

    @Test func oneAtRestIsTriedByOneRequestAndTheOthersGoOn() {
        var pool = pool(1, 1)
        let standings = [standing(0), standing(9)]
        _ = pool.landed(0, .unreachable(words: "refused"), leftAt: start, now: start)
        #expect(choose(pool, standings) == .endpoint(1))
        #expect(choose(pool, [standing(0), standing(10)]) == .wait(until: start + .milliseconds(500)))
        let later = start + .seconds(1)
        #expect(choose(pool, [standing(5), standing(0)], at: later) == .endpoint(0))
        // Not by one that has failed before, wherever that was.
        for failedAt in [0, 1] {
            var history = EndpointHistory()
            history.failedAt = failedAt
            #expect(choose(pool, [standing(0), standing(0)], history, at: later) == .endpoint(1))
            #expect(choose(pool, [standing(0), standing(10)], history, at: later) == .full)
        }
        pool.left(0, now: later)
        #expect(choose(pool, standings, at: later) == .endpoint(1))
        let change = pool.landed(0, .answered, leftAt: later, now: later)
        #expect(change == .servesAgain)
        #expect(choose(pool, standings, at: later) == .endpoint(0))
    }

    @Test func whereAllRestTheFirstProbeIsWaitedFor() {
        var pool = pool(1, 1)
        _ = pool.landed(0, .unreachable(words: "a"), leftAt: start, now: start)
        var history = EndpointHistory()
        history.failedAt = 0
        let second = start + .milliseconds(200)
        _ = pool.landed(1, .unreachable(words: "b"), leftAt: second, now: second)
        #expect(choose(pool, [standing(0), standing(0)], at: second) == .wait(until: start + .milliseconds(500)))
        // Then one that has failed is as good as any other.
        let late = start + .seconds(2)
        #expect(choose(pool, [standing(0), standing(0)], history, at: late) == .endpoint(1))
        #expect(
            pool.trouble
                == "endpoint e0 cannot be reached, waiting: a; endpoint e1 cannot be reached, waiting: b")
    }

    @Test func oneThatFailsFastDoesNotDrawTheQueue() {
        var pool = pool(1, 1)
        for number in 0..<40 {
            let sign: EndpointSign = number % 4 == 0 ? .answered : .failed(words: "a")
            _ = pool.landed(0, sign, leftAt: start, now: start)
            _ = pool.landed(1, .answered, leftAt: start, now: start)
        }
        #expect(choose(pool, [standing(2), standing(8)]) == .endpoint(1))
        #expect(choose(pool, [standing(0), standing(9)]) == .endpoint(0))
    }

    @Test func aStoppedEndpointStopsAlone() {
        var pool = pool(1, 1)
        pool.stop(0, .stopped(.unauthorized, words: "key revoked"))
        pool.stop(0, .stopped(.quota, words: "another word"))
        #expect(choose(pool, [standing(0), standing(9)]) == .endpoint(1))
        #expect(pool.end(now: start) == nil)
        #expect(pool.trouble == "endpoint e0 is stopped: key revoked (unauthorized)")
        pool.stop(1, .stopped(.quota, words: "balance gone"))
        #expect(choose(pool, [standing(0), standing(0)]) == .none)
        #expect(
            pool.end(now: start)
                == .stopped(.unauthorized, words: "e0: key revoked (unauthorized); e1: balance gone (quota)"))
        #expect(pool.stops.map(\.endpoint.name) == ["e0", "e1"])
    }

    @Test func whereTheLastOneIsDownForTooLongTheRunEnds() {
        var pool = pool(1, 1)
        pool.stop(0, .stopped(.unauthorized, words: "key revoked"))
        _ = pool.landed(1, .unreachable(words: "no route"), leftAt: start, now: start)
        #expect(pool.end(now: start + .seconds(29)) == nil)
        #expect(
            pool.end(now: start + .seconds(30)) == .unreachable(words: "e0: key revoked (unauthorized); e1: no route"))
    }

    @Test func theOnlyEndpointIsCalledTheEndpoint() {
        var pool = EndpointPool([(EndpointLabel(url: "http://e"), 1, health)])
        _ = pool.landed(0, .unreachable(words: "no route"), leftAt: start, now: start)
        #expect(pool.trouble == "the endpoint cannot be reached, waiting: no route")
        #expect(pool.end(now: start + .seconds(30)) == .unreachable(words: "no route"))
        pool.stop(0, .stopped(.quota, words: "spent"))
        #expect(pool.end(now: start) == .stopped(.quota, words: "spent"))
    }

    @Test func theSameRefusalOfAllFirstAnswersStopsTheEndpoint() {
        var pool = pool(1, 1)
        for _ in 0..<20 {
            _ = pool.landed(0, .rejected(status: 404, code: nil, words: "no model"), leftAt: start, now: start)
        }
        #expect(pool.isStopped(0))
        #expect(
            pool.stops.map(\.reason)
                == [.stopped(.rejected, words: "each of its first 20 answers was HTTP 404: no model")])
    }

    /// Requests that take their time, all from one queue: each endpoint takes as much as its speed allows.
    @Test(
        arguments: [
            ([1.0, 1], [10, 10], [2.0, 1]), ([1, 1], [10, 20], [1, 1]), ([1, 1, 1], [8, 8, 8], [1, 2, 4]),
            ([1, 5], [10, 10], [1, 1]),
        ] as [([Double], [Int], [Double])])
    func fasterOnesTakeMoreOfTheQueue(weights: [Double], places: [Int], speeds: [Double]) {
        let pool = EndpointPool(weights.map { (EndpointLabel(url: "http://e"), $0, health) })
        var ends: [(time: Double, endpoint: Int)] = []
        var inFlight = places.map { _ in 0 }
        var taken = inFlight
        var now = 0.0
        for _ in 0..<10_000 {
            while true {
                let choice = pool.choose(now: start) { standing(inFlight[$0], of: places[$0]) }
                if case .endpoint(let endpoint) = choice {
                    inFlight[endpoint] += 1
                    taken[endpoint] += 1
                    ends.append((now + 1 / speeds[endpoint], endpoint))
                    break
                }
                ends.sort { $0.time > $1.time }
                guard let first = ends.popLast() else { return }
                now = first.time
                inFlight[first.endpoint] -= 1
            }
        }
        let capacity = zip(places, speeds).map { Double($0) * $1 }
        for (share, expected) in zip(taken, capacity) {
            let due = 10_000 * expected / capacity.reduce(0, +)
            #expect(abs(Double(share) - due) < due * 0.02)
        }
    }
}

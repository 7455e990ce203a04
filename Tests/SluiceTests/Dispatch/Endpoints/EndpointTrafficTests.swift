import Testing

@testable import Sluice

@Suite struct EndpointTrafficTests {
    private let start = Timestamp(milliseconds: 1_800_000_000_000)

    private func traffic(_ endpoints: Int, concurrency: Int = 4, requestsPerMinute: Int? = nil) -> EndpointTraffic {
        EndpointTraffic(
            (0..<endpoints).map { number in
                let name = endpoints > 1 ? "e\(number)" : nil
                return (
                    EndpointLabel(name: name, url: "http://e\(number)"), 1,
                    EndpointHealth(patience: .seconds(30)),
                    EndpointControl(
                        limits: Limits(concurrency: .fixed(concurrency), requestsPerMinute: requestsPerMinute),
                        now: start)
                )
            })
    }

    private func claim(_ id: Int64 = 1, attempts: Int = 0) -> Claim {
        Claim(
            requestID: id, attemptID: id, customID: "r\(id)", url: "/", body: [], attempts: attempts, throttles: 0,
            promptEstimate: 1)
    }

    private func judgement(
        _ claim: Claim, _ sign: EndpointSign?, _ consequence: AttemptJudge.Consequence = .none,
        settled: ResultClass? = nil
    ) -> AttemptJudge.Judgement {
        var record = AttemptRecord(
            claim: claim, sentAt: start, endedAt: start, ending: .retried,
            disposition: .again(notBefore: start + .seconds(3)))
        if let settled { record.settle(settled, answer: nil) }
        return AttemptJudge.Judgement(record: record, consequence: consequence, sign: sign)
    }

    /// Where the request is to go on: when it waits, the pause in milliseconds.
    private func pause(_ record: AttemptRecord) -> Int64? {
        guard case .again(let time) = record.disposition else { return nil }
        return (time - start).milliseconds
    }

    private func land(
        _ traffic: EndpointTraffic, _ claim: Claim, at endpoint: Int, _ judgement: AttemptJudge.Judgement
    ) -> AttemptRecord {
        var judgement = judgement
        let pass = traffic.admit(claim, to: endpoint, now: start)
        _ = traffic.landed(claim, pass, &judgement, leftAt: start, attempts: 5)
        traffic.end(pass)
        return judgement.record
    }

    @Test func aRequestThatFoundNoConnectionGoesToAnotherAtOnceAndWaitsForTheOnlyOne() {
        let lost = judgement(claim(), .unreachable(words: "refused"), .unreachable(words: "refused"))
        let alone = traffic(1)
        #expect(pause(land(alone, claim(), at: 0, lost)) == 500)
        #expect(alone.choose(claim(), now: start) == .wait(until: start + .milliseconds(500)))
        let two = traffic(2)
        #expect(pause(land(two, claim(), at: 0, lost)) == 0)
        #expect(two.choose(claim(), now: start) == .endpoint(1))
        #expect(pause(land(two, claim(), at: 1, lost)) == 500)
    }

    @Test func aPauseBetweenTriesIsKeptAndTheNextGoesElsewhere() {
        let two = traffic(2)
        let record = land(two, claim(), at: 0, judgement(claim(), .failed(words: "HTTP 500")))
        #expect(pause(record) == 3000)
        #expect(record.endpoint?.name == "e0")
        #expect(two.choose(claim(), now: start) == .endpoint(1))
        #expect(two.isParticular(claim()))
        #expect(!two.isParticular(claim(2)))
        // It is forgotten once the request is settled.
        _ = land(two, claim(), at: 1, judgement(claim(), .answered, .answered, settled: .ok))
        #expect(!two.isParticular(claim()))
    }

    @Test func theOnlyEndpointIsNotNamedAndNothingIsRemembered() {
        let alone = traffic(1)
        let record = land(alone, claim(), at: 0, judgement(claim(), .failed(words: "HTTP 500")))
        #expect(record.endpoint == nil)
        #expect(!alone.isParticular(claim()))
    }

    @Test(arguments: [
        // Status, whether the endpoint has served before, attempts before: whether another endpoint is asked.
        (400, false, 0, true), (404, false, 0, true), (404, true, 0, true), (400, true, 0, false),
        (422, true, 0, false), (400, false, 3, true), (400, false, 4, false),
    ])
    func aRejectionIsBelievedOfAnEndpointThatHasServed(
        status: Int, hasServed: Bool, attempts: Int, goesOn: Bool
    ) {
        let two = traffic(2)
        if hasServed { _ = land(two, claim(9), at: 0, judgement(claim(9), .answered, .answered, settled: .ok)) }
        let claim = claim(attempts: attempts)
        let sign = EndpointSign.rejected(status: status, code: nil, words: "no")
        let record = land(two, claim, at: 0, judgement(claim, sign, .answered, settled: .failed))
        #expect((pause(record) == 0) == goesOn)
        #expect(record.ending == (goesOn ? .retried : .failed))
        guard goesOn else { return }
        // The other's word counts.
        let last = land(two, claim, at: 1, judgement(claim, sign, .answered, settled: .failed))
        #expect(pause(last) == nil)
        #expect(!two.isParticular(claim))
    }

    @Test func aRequestAtAStoppedEndpointGoesOnWhileThereIsAnother() {
        let reason = RunEnd.stopped(.quota, words: "spent")
        let two = traffic(2)
        var stop = judgement(claim(), nil, .stop(reason))
        stop.record.disposition = .released
        #expect(pause(land(two, claim(), at: 0, stop)) == 0)
        #expect(two.end(now: start) == nil)
        #expect(two.choose(claim(), now: start) == .endpoint(1))
        #expect(pause(land(two, claim(), at: 1, stop)) == nil)
        #expect(two.choose(claim(), now: start) == .none)
        #expect(two.end(now: start) == .stopped(.quota, words: "e0: spent (quota); e1: spent (quota)"))
    }

    @Test func onlyWhatCanLeaveIsClaimed() {
        let two = traffic(2)
        #expect(two.claimable(ahead: 3, within: .zero, now: start) == 11)
        _ = two.admit(claim(1), to: 0, now: start)
        #expect(two.claimable(ahead: 0, within: .zero, now: start) == 7)
        // One at rest: a probe, when it is due.
        let lost = judgement(claim(2), .unreachable(words: "refused"), .unreachable(words: "refused"))
        _ = land(two, claim(2), at: 0, lost)
        #expect(two.claimable(ahead: 3, within: .zero, now: start) == 7)
        #expect(two.claimable(ahead: 3, within: .milliseconds(500), now: start) == 8)
        _ = land(two, claim(3), at: 1, lost)
        #expect(two.claimable(ahead: 3, within: .zero, now: start) == 0)
        #expect(two.opening(now: start) == start + .milliseconds(500))
        #expect(two.claimable(ahead: 3, within: .zero, now: start + .milliseconds(500)) == 2)
    }

    @Test func whatIsHeldAddsUp() {
        let three = traffic(3, requestsPerMinute: 60)
        #expect(three.concurrency == 12)
        let passes = (0..<3).map { three.admit(claim(Int64($0)), to: $0, now: start) }
        #expect(three.inFlight == 3)
        let opening = three.opening(now: start) ?? start
        #expect(abs((opening - start).inSeconds - 1) < 0.02)
        for pass in passes { three.end(pass) }
        #expect(three.inFlight == 0)
    }
}

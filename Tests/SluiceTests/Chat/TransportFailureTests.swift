import Testing

@testable import Sluice

@Suite struct TransportFailureTests {
    private func classify(
        _ kind: TransportFailure.Kind, sentBytes: Bool = true, partial: HTTPAnswer? = nil
    ) -> Outcome {
        let failure = TransportFailure(kind: kind, message: "it\nbroke", sentBytes: sentBytes, partial: partial)
        return OutcomeClassifier().classify(.failure(failure), url: ChatFixtures.chat, now: ChatFixtures.now)
    }

    @Test(arguments: [
        (TransportFailure.Kind.resolve, "resolve"), (.connect, "connect"), (.tls, "tls"),
        (.timeout(.connect), "timeout_connect"), (.timeout(.firstByte), "timeout_first_byte"),
        (.timeout(.idle), "timeout_idle"), (.timeout(.total), "timeout_total"), (.reset, "reset"),
        (.other(92), "transport_92"),
    ])
    func areTriedAgain(kind: TransportFailure.Kind, code: String) {
        for sentBytes in [false, true] {
            let outcome = classify(kind, sentBytes: sentBytes)
            #expect(outcome.verdict == .retry(.transport(kind), after: nil))
            #expect(outcome.errorCode == code)
            #expect(outcome.errorMessage == "it broke")
            #expect(outcome.possiblyBilled == sentBytes)
            #expect(outcome.status == nil)
        }
    }

    @Test func anAnswerOverTheCapIsNotAskedForAgain() {
        let outcome = classify(.tooLarge, partial: ChatFixtures.answer(200, ChatFixtures.seed))
        #expect(outcome.verdict == .settle(.failed))
        #expect(outcome.errorCode == "answer_too_large")
        #expect(outcome.possiblyBilled)
        #expect(outcome.status == 200)
    }

    @Test func cancellingSaysNothingAboutTheRequest() {
        let outcome = classify(.cancelled, partial: ChatFixtures.answer(429, ""))
        #expect(outcome.verdict == .retry(.cancelled, after: nil))
        #expect(outcome.possiblyBilled)
    }

    @Test func aRejectionCountsByItsStatusHoweverItsBodyEnded() {
        let partial = ChatFixtures.answer(429, #"{"error":{"mess"#, ["Retry-After": "7"])
        let outcome = classify(.reset, partial: partial)
        #expect(outcome.verdict == .retry(.throttled(status: 429), after: .seconds(7)))
        #expect(!outcome.possiblyBilled)
    }

    @Test func aWholeAnswerCountsHoweverTheConnectionEnded() {
        let outcome = classify(.reset, partial: ChatFixtures.answer(200, ChatFixtures.seed, ["x-request-id": "r"]))
        #expect(outcome.verdict == .settle(.ok))
        #expect(outcome.usage?.completionTokens == 1891)
        #expect(!outcome.possiblyBilled)
    }

    @Test func halfAnAnswerDoesNot() {
        let half = String(ChatFixtures.seed.prefix(300))
        let outcome = classify(.reset, partial: ChatFixtures.answer(200, half, ["x-request-id": "r"]))
        #expect(outcome.verdict == .retry(.transport(.reset), after: nil))
        #expect(outcome.requestID == "r")
        #expect(outcome.status == 200)
        #expect(outcome.possiblyBilled)
        #expect(outcome.usage == nil)
    }

    @Test func aStreamCutAfterItsChoicesFinishedIsWhole() {
        let chunk = #"{"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}]}"#
        let outcome = classify(.timeout(.idle), partial: ChatFixtures.answer(200, "data: \(chunk)\n\n"))
        #expect(outcome.verdict == .settle(.ok))
        #expect(outcome.document != nil)
    }

    @Test func aStreamCutBeforeKeepsWhatHadCome() {
        let chunk = #"{"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"par"}}]}"#
        let outcome = classify(.timeout(.idle), partial: ChatFixtures.answer(200, "data: \(chunk)\n\ndata: {\"id"))
        #expect(outcome.verdict == .retry(.transport(.timeout(.idle)), after: nil))
        #expect(outcome.servedModel == "m")
        let text = outcome.document.flatMap { AnswerReader().text(of: $0, url: ChatFixtures.chat) }
        #expect(text == "par")
    }
}

import JSON
import Testing

@testable import Sluice

/// Every answer of `Tests/Fixtures/providers`, judged as its file says.
@Suite struct ProviderFixtureTests {
    @Test func allAreRead() throws {
        #expect(ProviderFixture.files.count >= 170)
        for file in ProviderFixture.files { _ = try ProviderFixture(path: file) }
    }

    @Test(arguments: ProviderFixture.all)
    func isJudged(fixture: ProviderFixture) throws {
        let expect = fixture.expect
        let classifier = OutcomeClassifier(secrets: [Array(ProviderFixture.key.utf8)])
        let outcome = classifier.classify(fixture.result, url: fixture.url, now: ChatFixtures.now)
        #expect(outcome.verdict.name == expect.verdict)
        #expect(outcome.status == fixture.answer.status)
        if let reason = expect.finishReason { #expect(outcome.finishReason == reason) }
        if let model = expect.model { #expect(outcome.servedModel == model) }
        if let identifier = expect.requestID { #expect(outcome.requestID == identifier) }
        if let code = expect.errorCode { #expect(outcome.errorCode == code) }
        if let words = expect.error { #expect(outcome.errorMessage?.contains(words) == true) }
        if let billed = expect.possiblyBilled { #expect(outcome.possiblyBilled == billed) }
        if let wait = expect.wait {
            guard case .retry(_, wait) = outcome.verdict else {
                Issue.record("waits otherwise: \(outcome.verdict)")
                return
            }
        }
        if let cost = expect.reportedCost {
            #expect(outcome.reportedPicoDollars == cost.flatMap { ReportedCost.picoDollars(Array($0.utf8)[...]) })
        }
        for field in expect.usageFields {
            #expect(outcome.usage?[field] == expect.usage?[field], "\(field)")
        }
        let document = outcome.document ?? fixture.answer.body
        if let text = expect.text { #expect(AnswerReader().text(of: document, url: fixture.url) == text) }
        if let calls = expect.toolCalls {
            let parts = try #require(AnswerReader().read(document, url: fixture.url))
            let range = try #require(parts.toolCalls)
            #expect(String(decoding: parts.document[range], as: UTF8.self).contains(calls))
        }
    }

    @Test(arguments: ProviderFixture.all)
    func isConsistent(fixture: ProviderFixture) {
        let outcome = OutcomeClassifier().classify(fixture.result, url: fixture.url, now: ChatFixtures.now)
        // What failed has a code and words; what is an answer has neither.
        if case .settle(let settled) = outcome.verdict, settled != .failed, fixture.answer.status == 200 {
            #expect(outcome.errorCode == nil && outcome.errorMessage == nil)
        } else {
            #expect(outcome.errorCode != nil && outcome.errorMessage != nil)
        }
        #expect(outcome.errorMessage?.contains("SECRET PROMPT") != true)
        if let range = outcome.usageRange {
            let usage = (outcome.document ?? fixture.answer.body)[range]
            #expect(usage.first == UInt8(ascii: "{") && usage.last == UInt8(ascii: "}"))
        }
    }

    /// The stream as a whole, in the pieces it was sent in, byte by byte, and in two pieces cut at every place.
    @Test(arguments: ProviderFixture.all.filter(\.isStream))
    func aStreamReadsTheSameWhereverItWasCut(fixture: ProviderFixture) {
        let parser = JSONParser()
        let body = fixture.answer.body
        let whole = StreamedAnswer(body, parser: parser)
        func expectSame(_ pieces: [ArraySlice<UInt8>], _ how: @autoclosure () -> String) {
            let answer = StreamedAnswer(pieces: pieces, parser: parser)
            #expect(answer.document == whole.document && answer.end == whole.end, "\(how())")
        }
        expectSame(fixture.pieces.map { $0[...] }, "as sent")
        expectSame(body.indices.map { body[$0...$0] }, "byte by byte")
        for split in 0...body.count { expectSame([body[..<split], body[split...]], "cut at \(split)") }
    }
}

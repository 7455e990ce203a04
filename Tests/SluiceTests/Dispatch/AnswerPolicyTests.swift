import Testing

@testable import Sluice

@Suite struct AnswerPolicyTests {
    private static let json = Sluice.Expectation(.json)

    private func claim(limit: Int? = nil, invalids: Int = 0, amendment: Amendment? = nil) -> Claim {
        let member = limit.map { #","max_completion_tokens":\#($0)"# } ?? ""
        return Claim(
            requestID: 1, attemptID: 1, customID: "a", url: "/v1/chat/completions",
            body: Array(#"{"model":"m","messages":[{"role":"user","content":"x"}]\#(member)}"#.utf8),
            attempts: 0, throttles: 0, invalids: invalids, amendment: amendment, promptEstimate: 1)
    }

    private func answer(_ texts: String?...) -> [UInt8] {
        let choices = texts.enumerated().map { index, text in
            #"{"index":\#(index),"message":{"content":\#(text.map { "\"\($0)\"" } ?? "null")},"finish_reason":"stop"}"#
        }
        return Array(#"{"choices":[\#(choices.joined(separator: ","))]}"#.utf8)
    }

    private func decide(
        _ resultClass: ResultClass, _ answer: [UInt8], _ claim: Claim, truncation: TruncationPolicy = .keep,
        expecting expectation: Sluice.Expectation? = nil
    ) throws -> AnswerPolicy.Decision {
        try AnswerPolicy(truncation: truncation, expectation: expectation).decide(resultClass, answer, claim)
    }

    @Test func aCutAnswerIsKeptByDefault() throws {
        #expect(try decide(.truncated, answer("{"), claim(limit: 10), expecting: Self.json) == .settle(.truncated, nil))
    }

    @Test func aCutAnswerFailsWhereTheJobSaysSo() throws {
        let decision = try decide(.truncated, answer("x"), claim(), truncation: .fail)
        #expect(
            decision
                == .settle(.failed, .init(code: .truncated, words: "the answer stops at its token limit")))
    }

    @Test(
        arguments: [
            (10, nil, Optional(20)), (10, 20, 40), (10, 40, 50), (10, 50, nil), (60, nil, nil), (nil, nil, nil),
        ] as [(Int?, Int?, Int?)])
    func aLimitGrowsFromTheLastOneUpToItsCap(limit: Int?, grown: Int?, next: Int?) throws {
        let amendment = grown.map { Amendment(outputLimit: $0, turns: [1]) }
        let decision = try decide(
            .truncated, answer("x"), claim(limit: limit, amendment: amendment),
            truncation: .grow(factor: 2, cap: 50))
        if let next {
            guard case .again(let amendment, let fault) = decision else {
                Issue.record("\(decision)")
                return
            }
            #expect(amendment.outputLimit == next)
            #expect(amendment.turns == (grown == nil ? nil : [1]))
            #expect(fault.code == .truncated)
        } else {
            #expect(decision == .settle(.truncated, nil))
        }
    }

    @Test func everyChoiceHasToPass() throws {
        #expect(try decide(.ok, answer("1", "2"), claim(), expecting: Self.json) == .settle(.ok, nil))
        for bad in [answer("1", "x"), answer("x", "1"), answer("1", nil), answer(nil), answer(), Array("?".utf8)] {
            guard case .again(_, let fault) = try decide(.ok, bad, claim(), expecting: Self.json) else {
                Issue.record("\(String(decoding: bad, as: UTF8.self))")
                continue
            }
            #expect(fault.code == .invalid)
        }
    }

    @Test func theLastTrySettlesTheRow() throws {
        var twice = Self.json
        twice.attempts = 2
        guard case .again = try decide(.ok, answer("x"), claim(invalids: 0), expecting: twice) else {
            Issue.record("one try only")
            return
        }
        guard case .settle(.invalid, let fault?) = try decide(.ok, answer("x"), claim(invalids: 1), expecting: twice)
        else {
            Issue.record("a third try")
            return
        }
        #expect(fault.words.contains("JSON"))
    }

    @Test func aCorrectionQuotesTheAnswerAndTheFault() throws {
        var correcting = Self.json
        correcting.correct = true
        let decision = try decide(
            .ok, answer("so so"), claim(amendment: Amendment(outputLimit: 7)), expecting: correcting)
        guard case .again(let amendment, let fault) = decision else {
            Issue.record("\(decision)")
            return
        }
        let turns = String(decoding: try #require(amendment.turns), as: UTF8.self)
        #expect(turns.contains("so so") && turns.contains(fault.words.prefix(20)))
        #expect(amendment.outputLimit == 7)
        #expect(!fault.words.contains("so so"))
    }

    @Test(arguments: [ResultClass.refused, .filtered, .failed])
    func otherClassesAreNotChecked(resultClass: ResultClass) throws {
        #expect(try decide(resultClass, answer("x"), claim(), expecting: Self.json) == .settle(resultClass, nil))
    }
}

import Testing

@testable import Sluice

/// Rows whose answer came, and that are asked again because the job wants more of it.
@Suite(.timeLimit(.minutes(2))) struct FollowUpTests {
    private func cut(_ text: String = "half") -> ScriptedTransport.Reply {
        .json(
            200,
            #"{"model":"m","choices":[{"message":{"content":"\#(text)"},"finish_reason":"length"}],"#
                + #""usage":{"prompt_tokens":1,"completion_tokens":10,"total_tokens":11}}"#)
    }

    @Test func aCutAnswerGrowsUntilItIsWholeAndEveryTryIsCounted() async throws {
        let scene = try Scene(rows: 2, limit: 10)
        scene.settings.truncation = .grow(factor: 2, cap: 100)
        let cut = cut()
        let end = try await scene.run { _, time in time <= 2 ? cut : .answer("whole") }
        #expect(end == .complete)
        let report = try scene.report()
        #expect(report.isAllOK)
        #expect(report.totals.attempts == 6)
        #expect(report.totals.completionTokens == 2 * (10 + 10 + 2))
        #expect(scene.transport.bodies(of: "r0").map { $0.hasSuffix(#""max_tokens":10}"#) } == [true, false, false])
        #expect(scene.transport.bodies(of: "r0")[1].hasSuffix(#""max_tokens":20}"#))
        #expect(scene.transport.bodies(of: "r0")[2].hasSuffix(#""max_tokens":40}"#))
        #expect(
            try scene.count("SELECT count(*) FROM attempts WHERE outcome = 'truncated' AND answer LIKE '%half%'") == 4)
        #expect(try scene.count("SELECT max(output_limit) FROM attempts") == 40)
        #expect(try scene.count("SELECT sum(attempts) FROM results_view") == 6)
    }

    @Test func growthEndsAtItsCap() async throws {
        let scene = try Scene(rows: 1, limit: 10)
        scene.settings.truncation = .grow(factor: 2, cap: 30)
        let cut = cut()
        _ = try await scene.run { _, _ in cut }
        #expect(scene.transport.requests == 3)
        #expect(try scene.report().totals[.truncated] == 1)
        #expect(try scene.report().totals.attempts == 3)
    }

    @Test func growthGoesOnInALaterSitting() async throws {
        let scene = try Scene(rows: 1, limit: 10)
        scene.settings.truncation = .grow(factor: 3, cap: 100)
        let cut = cut()
        let end = try await scene.run(stopAfter: 1) { _, _ in cut }
        #expect(end == .interrupted)
        _ = try await scene.run { _, _ in .answer("whole") }
        #expect(scene.transport.bodies(of: "r0").last?.hasSuffix(#""max_tokens":30}"#) == true)
        #expect(try scene.report().isAllOK)
    }

    @Test func anAnswerThatFailsItsCheckIsAskedAgainWithinItsOwnBound() async throws {
        let scene = try Scene(rows: 2)
        scene.settings.expectation = Sluice.Expectation(.json)
        let end = try await scene.run { name, time in
            if time == 1 { return .status(500) }
            return name == "r0" && time == 4 ? .answer("[1]") : .answer("no JSON")
        }
        #expect(end == .complete)
        let report = try scene.report()
        #expect(report.totals[.ok] == 1)
        #expect(report.totals[.invalid] == 1)
        #expect(report.totals.attempts == 8)
        #expect(report.totals.completionTokens == 6 * 2)
        #expect(try scene.count("SELECT count(*) FROM attempts WHERE outcome = 'invalid'") == 5)
        #expect(try scene.count("SELECT count(*) FROM attempts WHERE answer LIKE '%no JSON%'") == 4)
        #expect(try scene.count("SELECT attempts FROM results_view WHERE custom_id = 'r0'") == 4)
        // Nothing was changed in what was sent.
        #expect(Set(scene.transport.bodies(of: "r0")).count == 1)
        let row = try scene.count(
            "SELECT count(*) FROM results_view WHERE class = 'invalid' AND error_code = 'failed_check'")
        #expect(row == 1)
    }

    @Test func aCorrectionIsSentAfterTheRequest() async throws {
        let scene = try Scene(rows: 1)
        scene.settings.expectation = Sluice.Expectation(.fields(["a"]))
        scene.settings.expectation?.correct = true
        _ = try await scene.run { _, time in time == 1 ? .answer("well, nothing") : .answer(#"{\"a\":1}"#) }
        #expect(try scene.report().isAllOK)
        let bodies = scene.transport.bodies(of: "r0")
        #expect(bodies.count == 2)
        let original = try #require(bodies.first)
        #expect(bodies[1].hasPrefix(original.dropLast(2)))
        #expect(bodies[1].contains(#"{"role":"assistant","content":"well, nothing"},{"role":"user","content":"#))
    }

    @Test func textOfABrokenStreamStaysWithItsAttempt() async throws {
        let scene = try Scene(rows: 1)
        let events = #"data: {"choices":[{"index":0,"delta":{"content":"so far"}}]}"# + "\n\n"
        _ = try await scene.run { _, time in time == 1 ? .brokenStream(events) : .answer("whole") }
        #expect(try scene.report().isAllOK)
        #expect(
            try scene.count(
                """
                SELECT count(*) FROM attempts WHERE outcome = 'retried' AND possibly_billed
                  AND json_extract(answer, '$.choices[0].message.content') = 'so far'
                """) == 1)
    }

    @Test func aStreamThatBreaksEachTimeIsACutAnswer() async throws {
        let events = #"data: {"choices":[{"index":0,"delta":{"content":"so far"}}]}"# + "\n\n"
        let scene = try Scene(rows: 1)
        _ = try await scene.run { _, _ in .brokenStream(events) }
        #expect(try scene.report().totals[.truncated] == 1)
        #expect(
            try scene.count("SELECT count(*) FROM results_view WHERE text = 'so far' AND error_code = 'reset'") == 1)
        let strict = try Scene(rows: 1)
        strict.settings.truncation = .fail
        _ = try await strict.run { _, _ in .brokenStream(events) }
        #expect(try strict.report().totals[.failed] == 1)
    }

    @Test func aStreamThatBreaksBeforeItsTextHasFailed() async throws {
        let scene = try Scene(rows: 1)
        _ = try await scene.run { _, _ in
            .brokenStream(#"data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"# + "\n\n")
        }
        #expect(try scene.report().totals[.failed] == 1)
    }
}

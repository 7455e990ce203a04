import JSON
import SluiceSimulator
import Testing

@Suite(.timeLimit(.minutes(1))) struct ScriptTests {
    @Test func scriptAnswersByRequestAndAttempt() async throws {
        try await withSimulator({
            $0.script = { request, attempt in
                guard request.body.count == chat("scripted").utf8.count, attempt == 0 else { return nil }
                return ScriptedReply(
                    status: 429, headers: [.init(name: "Retry-After", value: "7")], body: "slow down")
            }
        }) { simulator in
            let client = try RawClient(port: simulator.port)
            let refused = try client.ask(chat("scripted"))
            #expect(refused.status == 429)
            #expect(refused.headers["retry-after"] == "7")
            #expect(refused.text == "slow down")
            #expect(try client.ask(chat("scripted")).content() == SimulatedAnswer.content(forPrompt: "scripted"))
            #expect(try client.ask(chat("x")).content() == SimulatedAnswer.content(forPrompt: "x"))
            let statistics = simulator.statistics()
            #expect(statistics.answered == 2)
            #expect(statistics.byStatus == [200: 2, 429: 1])
            #expect(statistics.answeredAgain == 0)
        }
    }

    @Test func scriptedEndings() async throws {
        try await withSimulator({
            $0.quota = 1
            $0.script = { _, attempt in
                switch attempt {
                case 0: .nothing(.reset)
                case 1: ScriptedReply(body: "{\"a\":", promisedLength: 100, ending: .reset)
                default: ScriptedReply(body: "{}", ending: .close)
                }
            }
        }) { simulator in
            let first = try RawClient(port: simulator.port)
            #expect(throws: RawClient.Failure.self) { try first.ask(chat("x")) }
            // Whether the bytes before a reset arrive is the network's affair.
            let second = try? RawClient(port: simulator.port).ask(chat("x"))
            #expect(second?.isShort != false)
            let third = try RawClient(port: simulator.port)
            #expect(try third.ask(chat("x")).text == "{}")
            #expect(try third.isAtEnd())
            // Only the last was an answer, and the quota is used up.
            #expect(simulator.statistics().answered == 1)
            #expect(simulator.statistics().inFlight == 0)
            #expect(try RawClient(port: simulator.port).ask(chat("y")).status == 429)
        }
    }
}

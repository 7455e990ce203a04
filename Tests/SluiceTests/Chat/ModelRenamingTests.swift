import Testing

@testable import Sluice

@Suite struct ModelRenamingTests {
    @Test(
        arguments: [
            (#"{"model":"a","n":1}"#, .always("b"), #"{"model":"b","n":1}"#),
            // All else is left as it was written.
            (
                #"{ "n" : 1.0 , "model" :  "a" , "x":{"model":"a"}}"#, .always("b"),
                #"{ "n" : 1.0 , "model" :  "b" , "x":{"model":"a"}}"#
            ),
            (
                #"{"messages":[{"content":"\"model\":\"a\""}],"model":"a"}"#, .always("b"),
                #"{"messages":[{"content":"\"model\":\"a\""}],"model":"b"}"#
            ),
            (#"{"model":"gpt-5.2"}"#, .always(#"say "x" \ ü"#), #"{"model":"say \"x\" \\ ü"}"#),
            (#"{"model":"gp\u0074"}"#, .each(["gpt": "b"]), #"{"model":"b"}"#),
            (#"{"model":"a"}"#, .each(["a": "b", "b": "c"]), #"{"model":"b"}"#),
            (#"{"model":"a"}"#, .each(["b": "c"]), nil),
            (#"{"model":"a"}"#, .asAsked, nil), (#"{"model":"a"}"#, .always("a"), nil),
            (#"{"n":1}"#, .always("b"), nil), (#"{"model":7}"#, .always("b"), nil), ("[", .always("b"), nil),
        ] as [(String, ModelNames, String?)])
    func onlyTheModelChanges(body: String, names: ModelNames, expected: String?) {
        let bytes = Array(body.utf8)
        let renaming = ModelRenaming.splice(for: bytes, to: names)
        let changed = renaming.map { BodySplice.applying([$0.splice], to: bytes) }
        #expect(changed.map { String(decoding: $0, as: UTF8.self) } == expected)
    }

    /// A file, a larger limit and another model at once: each is put in its own place.
    @Test func itGoesTogetherWithOtherChanges() async throws {
        let body = #"{"max_tokens":10,"messages":[{"role":"user","content":"x"}],"model":"a"}"#
        let claim = Claim(
            requestID: 1, attemptID: 1, customID: "r", url: "/v1/chat/completions", body: Array(body.utf8), attempts: 0,
            throttles: 0, amendment: Amendment(outputLimit: 20, turns: Array(#"{"role":"user","content":"y"}"#.utf8)),
            promptEstimate: 1)
        let outgoing = try await OutgoingBody().body(of: claim, models: .always("b"))
        #expect(
            String(decoding: outgoing.body, as: UTF8.self)
                == #"{"max_tokens":20,"messages":[{"role":"user","content":"x"},{"role":"user","content":"y"}],"model":"b"}"#
        )
        #expect(outgoing.askedModel == "b")
        let plain = try await OutgoingBody().body(of: claim)
        #expect(plain.askedModel == nil)
    }
}

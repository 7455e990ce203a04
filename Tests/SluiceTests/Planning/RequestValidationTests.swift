import JSON
import Testing

@testable import Sluice

@Suite struct RequestValidationTests {
    private func faults(_ body: String, _ route: APIRoute = .chatCompletions) -> [String] {
        var faults = RequestFaults()
        let estimate = RequestValidation().check(Array(body.utf8), route: route, faults: &faults)
        #expect((estimate == nil) == !faults.isEmpty)
        return faults.items.map(\.reason)
    }

    private func faults(messages: String) -> [String] {
        faults(#"{"model":"m","messages":[\#(messages)]}"#)
    }

    @Test(arguments: [
        #"{"role":"user","content":"x"}"#, #"{"role":"wizard","content":""}"#,
        #"{"role":"user","content":"x","name":"n","zzz":1}"#,
        #"{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]}"#,
        #"{"role":"assistant","tool_calls":[{"id":"1","type":"custom","custom":{"name":"f","input":"x"}}]}"#,
        #"{"role":"assistant","content":null,"refusal":"no"}"#,
        #"{"role":"assistant","content":"x","tool_calls":null}"#,
        #"{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}}"#,
        #"{"role":"assistant","audio":{"id":"a"}}"#, #"{"role":"tool","content":"x","tool_call_id":"1"}"#,
        #"{"role":"user","content":[{"type":"text","text":"x"}]}"#,
        #"{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x.example/a.png","detail":"low"}}]}"#,
        #"{"role":"user","content":[{"type":"image_url","image_url":"data:image/png;base64,AA=="}]}"#,
        #"{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}}]}"#,
        #"{"role":"user","content":[{"type":"file","file":{"file_id":"f"}}]}"#,
        #"{"role":"user","content":[{"type":"video_url","video_url":{"url":5}}]}"#,
        #"{"r\u006fle":"user","content":"x"}"#,
    ])
    func goodMessages(message: String) {
        #expect(faults(messages: message) == [])
    }

    @Test(arguments: [
        ("5", "messages[0]: must be an object with role and content"),
        (#"{"content":"x"}"#, "messages[0].role: is missing; write system, user, assistant or tool"),
        (#"{"role":1,"content":"x"}"#, "messages[0].role: must be text, such as user"),
        (#"{"role":"user"}"#, "messages[0].content: must be text or a list of parts"),
        (#"{"role":"user","content":null}"#, "messages[0].content: must be text or a list of parts"),
        (#"{"role":"user","content":5}"#, "messages[0].content: must be text or a list of parts"),
        (#"{"role":"user","content":{}}"#, "messages[0].content: must be text or a list of parts"),
        (
            #"{"role":"user","content":null,"tool_calls":[{"id":"1","function":{"name":"f","arguments":""}}]}"#,
            "messages[0].content: must be text or a list of parts"
        ),
        (
            #"{"role":"assistant","content":null}"#,
            "messages[0].content: must be text or a list of parts; only with tool_calls or a refusal may it be left out"
        ),
        (
            #"{"role":"assistant","tool_calls":null,"refusal":null}"#,
            "messages[0].content: must be text or a list of parts; only with tool_calls or a refusal may it be left out"
        ),
        (#"{"role":"user","content":[]}"#, "messages[0].content: must have at least one part"),
        (#"{"role":"user","content":["x"]}"#, "messages[0].content[0]: must be an object with a type"),
        (#"{"role":"user","content":[{"text":"x"}]}"#, "messages[0].content[0]: must be an object with a type"),
        (
            #"{"role":"user","content":[{"type":5}]}"#,
            "messages[0].content[0].type: must be text, such as text or image_url"
        ),
        (
            #"{"role":"user","content":[{"type":"text","text":"a"},{"type":"text"}]}"#,
            "messages[0].content[1].text: must be text"
        ),
        (
            #"{"role":"user","content":[{"type":"image_url","url":"x"}]}"#,
            "messages[0].content[0].image_url.url: must be an address or a data: URL"
        ),
        (
            #"{"role":"user","content":[{"type":"image_url","image_url":{"url":""}}]}"#,
            "messages[0].content[0].image_url.url: must be an address or a data: URL"
        ),
        (
            #"{"role":"user","content":[{"type":"input_audio","input_audio":{"format":"wav"}}]}"#,
            "messages[0].content[0].input_audio.data: must be base64 text"
        ),
        (
            #"{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AA=="}}]}"#,
            "messages[0].content[0].input_audio.format: must be text, such as wav or mp3"
        ),
        (
            #"{"role":"user","content":[{"type":"file","file":"f"}]}"#,
            "messages[0].content[0].file: must be an object with file_id or file_data"
        ),
        (#"{"role":"tool","content":"x"}"#, "messages[0].tool_call_id: must name the call that this message answers"),
        (
            #"{"role":"tool","content":"x","tool_call_id":5}"#,
            "messages[0].tool_call_id: must name the call that this message answers"
        ),
        (#"{"role":"assistant","tool_calls":[]}"#, "messages[0].tool_calls: must be a list of at least one call"),
        (
            #"{"role":"assistant","tool_calls":[5]}"#,
            "messages[0].tool_calls[0]: must be an object with id, type and function"
        ),
        (
            #"{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":""}}]}"#,
            "messages[0].tool_calls[0].id: must be text"
        ),
        (
            #"{"role":"assistant","tool_calls":[{"id":"1","type":"function"}]}"#,
            "messages[0].tool_calls[0].function: must be an object with name and arguments"
        ),
        (
            #"{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f","arguments":{}}}]}"#,
            "messages[0].tool_calls[0].function.arguments: must be text"
        ),
    ])
    func faultyMessages(message: String, reason: String) {
        #expect(faults(messages: message) == [reason])
        #expect(
            faults(messages: #"{"role":"user","content":"x"},"# + message) == [
                reason.replacing("messages[0]", with: "messages[1]")
            ])
    }

    @Test(arguments: [
        ("[]", ["body: must be an object"]),
        ("{}", ["model: is missing; set it in the job's request, or in the row", "messages: is missing"]),
        (
            #"{"model":"","messages":[]}"#,
            ["model: must be a model's name, as text", "messages: must be a list of at least one message"]
        ),
        (
            #"{"model":5,"messages":{}}"#,
            ["model: must be a model's name, as text", "messages: must be a list of at least one message"]
        ),
        ("{\"model\":", ["body: is not JSON"]),
    ])
    func faultyBodies(body: String, reasons: [String]) {
        #expect(faults(body).map { $0.hasPrefix("body: is not JSON: ") ? "body: is not JSON" : $0 } == reasons)
    }

    @Test(arguments: [
        (
            "temperature", ["0", "2", "0.20", "1e-7", "null", "2.0"],
            ["-0.1", "2.01", "\"1\"", "true", "1e999", "[1]"],
            "must be a number from 0 to 2"
        ),
        ("top_p", ["0", "1", "0.5", "null"], ["1.1", "-1", "\"x\""], "must be a number from 0 to 1"),
        (
            "top_k", ["1", "40", "null"], ["0", "-1", "1.5", "\"1\"", "99999999999999999999"],
            "must be a whole number of at least 1"
        ),
        ("n", ["1", "128"], ["0", "1e1", "{}"], "must be a whole number of at least 1"),
        ("max_tokens", ["1", "null"], ["0", "\"5\""], "must be a whole number of at least 1"),
        ("max_completion_tokens", ["1", "null"], ["0", "-5"], "must be a whole number of at least 1"),
        ("stream", ["true", "false", "null"], ["1", "\"true\""], "must be true or false"),
        ("seed", ["9007199254740993", "\"x\"", "null", "1e999"], [], ""), ("zzz", ["5", "{}"], [], ""),
    ])
    func settings(name: String, good: [String], bad: [String], reason: String) {
        for value in good {
            #expect(
                faults(#"{"model":"m","messages":[{"role":"user","content":"x"}],"\#(name)":\#(value)}"#) == [],
                "\(value)")
        }
        for value in bad {
            #expect(
                faults(#"{"model":"m","messages":[{"role":"user","content":"x"}],"\#(name)":\#(value)}"#) == [
                    "\(name): \(reason)"
                ],
                "\(value)")
        }
    }

    @Test func duplicateKeysAreFoundHoweverTheyAreWritten() {
        let start = #"{"model":"m","messages":[{"role":"user","content":"x"}],"#
        #expect(faults(start + #""a":1,"b":2,"a":3}"#) == ["duplicate key 'a'; keep one of them"])
        #expect(faults(start + #""mod\u0065l":"n"}"#) == ["duplicate key 'model'; keep one of them"])
        #expect(faults(start + #""a":{"a":1,"b":{"a":1}}}"#) == [])
        let many = (0..<100).map { "\"k\($0)\":1" }.joined(separator: ",")
        #expect(faults(start + many + "}") == [])
        #expect(faults(start + many + #","k9\u0039":2}"#) == ["duplicate key 'k99'; keep one of them"])
    }

    @Test func escapedKeysAreRead() {
        #expect(
            faults(#"{"mod\u0065l":"m","m\u0065ssages":[{"role":"user","content":"x"}],"\u006e":0}"#) == [
                "n: must be a whole number of at least 1"
            ])
    }

    @Test func noMoreThanTwentyFaultsAreKept() {
        let messages = Array(repeating: "{}", count: 30).joined(separator: ",")
        #expect(faults(messages: messages).count == 20)
    }

    @Test func otherOperationsNeedOnlyAModel() {
        #expect(faults(#"{"model":"m","temperature":9}"#, .embeddings) == [])
        #expect(
            faults(#"{"input":"x"}"#, .embeddings) == ["model: is missing; set it in the job's request, or in the row"])
        #expect(faults(#"{"input":"x"}"#, .other) == [])
        #expect(faults(#"{"model":5}"#, .other) == ["model: must be a model's name, as text"])
    }

    @Test func oversizedBodiesAreRefused() {
        let body = [UInt8](repeating: 0x20, count: (64 << 20) + 1)
        var faults = RequestFaults()
        #expect(RequestValidation().check(body, route: .chatCompletions, faults: &faults) == nil)
        #expect(faults.items.map(\.reason) == ["body: has 67108865 bytes; at most 67108864 can be sent"])
    }

    @Test func faultsNeverRepeatTheText() {
        let secret = "hunter2"
        for message in [
            #"{"role":"\#(secret)"}"#, #"{"role":"user","content":{"a":"\#(secret)"}}"#,
            #"{"role":"user","content":[{"type":"text","text":["\#(secret)"]}]}"#, #""\#(secret)""#,
        ] {
            let found = faults(messages: message)
            #expect(found.count == 1)
            #expect(found.allSatisfy { !$0.contains(secret) })
        }
    }

    @Test(arguments: [
        (#""max_tokens":100"#, 100 as Int?), (#""max_completion_tokens":50,"max_tokens":100,"n":3"#, 150),
        (#""n":3"#, nil),
        (#""max_tokens":null"#, nil), (#""max_tokens":9223372036854775807,"n":2"#, .max),
    ])
    func outputEstimates(settings: String, tokens: Int?) {
        #expect(
            estimate(#"{"model":"m","messages":[{"role":"user","content":"x"}],\#(settings)}"#)?.maximumOutputTokens
                == tokens)
    }

    @Test func promptEstimates() {
        // 31 bytes of messages.
        #expect(estimate(#"{"model":"m","messages":[{"role":"user","content":"x"}]}"#)?.promptTokens == 8)
        #expect(estimate(#"{"model":"m","messages":[{"role":"user","content":"xyz"}],"tools":[]}"#)?.promptTokens == 9)
        let data = String(repeating: "A", count: 1_000_000)
        let image =
            #"[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,\#(data)"}}]}]"#
        let tokens = estimate(#"{"model":"m","messages":\#(image)}"#)?.promptTokens ?? 0
        #expect(tokens > TokenEstimate.attachmentTokens)
        #expect(tokens < TokenEstimate.attachmentTokens + 50)
        #expect(estimate(#"{"model":"m","input":"12345678"}"#, .embeddings)?.promptTokens == 3)
    }

    private func estimate(_ body: String, _ route: APIRoute = .chatCompletions) -> TokenEstimate? {
        var faults = RequestFaults()
        return RequestValidation().check(Array(body.utf8), route: route, faults: &faults)
    }
}

import Testing

@testable import Sluice

@Suite struct BatchLineTests {
    static let body =
        #"{ "seed":9007199254740993 , "model":"m","zzz":{"b":1e-7,"a":[0.10]},"messages":[{"role":"user","content":"\u00e9é \/"}] }"#

    @Test func bodyTravelsByteForByte() throws {
        let line =
            #"{"custom_id":"r-1","method":"POST","url":"/v1/chat/completions","extra":1,"body":"# + Self.body + "}"
        let request = try render(line, try makeJob()).request
        #expect(request.map { String(decoding: $0.body, as: UTF8.self) } == Self.body)
        #expect(request?.customID == "r-1")
        #expect(request?.method == "POST")
        #expect(request?.url == "/v1/chat/completions")
        #expect(request?.line == 1)
        #expect(request?.input == nil)
    }

    @Test(arguments: [
        (
            #"{"custom_id":"a","method":"GET","url":"/v1/chat/completions","body":{"model":"m","messages":[{"role":"user","content":"x"}]}}"#,
            ["27: method: must be POST"]
        ),
        (
            #"{"method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[{"role":"user","content":"x"}]}}"#,
            ["1: custom_id: is missing from this batch line"]
        ),
        (
            #"{"custom_id":7,"method":"POST","url":"/v1/x","body":{"model":"m"}}"#,
            [
                "14: custom_id: must be text",
                "38: url: must be one of /v1/chat/completions, /v1/responses, /v1/embeddings, /v1/completions, /v1/moderations",
            ]
        ),
        (
            #"{"custom_id":"","method":"POST","url":"/v1/embeddings","body":{}}"#,
            [
                "14: custom_id: is empty; every row needs an id of its own, or none",
                "63: model: is missing; set it in the job's request, or in the row",
            ]
        ),
        (
            #"{"custom_id":"a","method":"POST","url":"/chat/completions","body":{"model":"m","messages":[{"role":1,"content":"x"}]}}"#,
            ["100: messages[0].role: must be text, such as user"]
        ),
        (
            #"{"custom_id":"a","body":{}}"#,
            [
                "1: method: must be POST",
                "1: url: must be one of /v1/chat/completions, /v1/responses, /v1/embeddings, /v1/completions, /v1/moderations",
            ]
        ),
    ])
    func faults(line: String, reasons: [String]) throws {
        #expect(try render(line, try makeJob()).reasons == reasons)
    }

    @Test(arguments: ["/v1/responses", "/v1/embeddings", "/v1/completions", "/v1/moderations"])
    func otherOperationsPassWithAModel(url: String) throws {
        let line =
            #"{"custom_id":"a","method":"POST","url":"\#(url)","body":{"model":"m","input":"text","temperature":9}}"#
        #expect(try render(line, try makeJob()).request?.url == url)
    }

    @Test func aRequestInTheJobIsRefused() throws {
        let line = #"{"custom_id":"a","method":"POST","url":"\/v1\/chat\/completions","body":{"model":"m"}}"#
        let reason =
            "this is a batch line, which carries its whole request; remove request from the job, or give rows without a body"
        #expect(try render(line, try makeJob(request: "model: x")).reasons == [reason])
        #expect(try render(line, try makeJob(request: "messages: [{role: user, content: hi}]")).reasons == [reason])
    }

    @Test func aDataSetMayHaveColumnsOfTheSameNames() throws {
        let job = try makeJob(request: "model: m\nmessages: [{role: user, content: '{{body.text}}'}]")
        let row = #"{"custom_id":"a","url":"https://x.example","body":{"text":"t"}}"#
        #expect(try render(row, job).body == #"{"model":"m","messages":[{"role":"user","content":"t"}]}"#)
    }

    @Test func theJobMayNameBatchLines() throws {
        let line =
            #"{"custom_id":"a","method":"POST","url":"/v1/embeddings","group":"g","body":{"model":"m","input":"x"}}"#
        let request = try render(line, try makeJob(id: "{{group}}-{{custom_id}}", with: [.input])).request
        #expect(request?.customID == "g-a")
        #expect(
            request?.input.map { String(decoding: $0, as: UTF8.self) }
                == #"{"custom_id":"a","method":"POST","url":"/v1/embeddings","group":"g"}"#)
    }
}

@Suite struct OwnRequestTests {
    @Test func rowFieldsFollowTheJobsAndWin() throws {
        let job = try makeJob(request: "model: m\ntemperature: 0.20\ntop_p: 1")
        let row =
            #"{"id":"x","seed":9007199254740993,"temperature":1e-1,"metadata":{"a":1},"user":"u","#
            + #""messages":[ {"role":"user","content":"\u00e9é"} ],"label":"cat"}"#
        #expect(
            try render(row, job).body == #"{"model":"m","top_p":1,"seed":9007199254740993,"temperature":1e-1,"#
                + #""messages":[ {"role":"user","content":"\u00e9é"} ]}"#)
    }

    @Test func aPromptBecomesTheOnlyMessage() throws {
        #expect(
            try render(#"{"prompt":"a\u00e9\n","n":2,"messages":null}"#, try makeJob(request: "model: m")).body
                == #"{"model":"m","n":2,"messages":[{"role":"user","content":"a\u00e9\n"}]}"#)
    }

    @Test func messagesComeBeforeAPrompt() throws {
        #expect(
            try render(
                #"{"prompt":"p","model":"m","messages":[{"role":"user","content":"x"}]}"#, try makeJob()
            ).body == #"{"model":"m","messages":[{"role":"user","content":"x"}]}"#)
    }

    @Test func theJobsFieldsMayHavePlaceholders() throws {
        #expect(
            try render(#"{"m":"big","prompt":"x"}"#, try makeJob(request: "model: '{{m}}'")).body
                == #"{"model":"big","messages":[{"role":"user","content":"x"}]}"#)
    }

    @Test func csvFieldsAreTakenByTheirMeaning() throws {
        let columns = ["id", "model", "temperature", "stop", "reasoning_effort", "n", "prompt", "tools"]
        #expect(
            try render(
                columns, ["1", "gpt-5.2", "0.20", "END", "low", "", "say \"hi\"", #"[ {"type":"x"} ]"#],
                try makeJob(request: "model: m\nn: 3")
            ).body
                == #"{"n":3,"model":"gpt-5.2","temperature":0.20,"stop":"END","reasoning_effort":"low","#
                + #""messages":[{"role":"user","content":"say \"hi\""}],"tools":[ {"type":"x"} ]}"#)
        #expect(
            try render(
                ["stop", "messages"], [#"["a"]"#, #"[{"role":"user","content":"x"}]"#], try makeJob(request: "model: m")
            ).body
                == #"{"model":"m","stop":["a"],"messages":[{"role":"user","content":"x"}]}"#)
    }

    @Test(arguments: [
        (
            #"{"promt":"x"}"#,
            "the row has neither 'messages' nor 'prompt', and the job's request has no messages to fill; is 'promt' meant to be one of them?"
        ),
        (
            #"{"q":"x"}"#,
            "the row has neither 'messages' nor 'prompt', and the job's request has no messages to fill"
        ),
        (#"{"q":"x","prompt":null}"#, "the row's 'prompt' is empty, and the job's request has no messages to fill"),
        (#"{"prompt":["x"]}"#, "11: prompt: must be text; a list of messages goes in 'messages'"),
        (#"{"x":1, "messages":"hi"}"#, "20: messages: must be a list of at least one message"),
        (#"{"temperature": 3,"prompt":"hi"}"#, "17: temperature: must be a number from 0 to 2"),
        (#"{"n":1,"n":2,"prompt":"hi"}"#, "8: duplicate key 'n'; keep one of them"),
    ])
    func faults(row: String, reason: String) throws {
        #expect(try render(row, try makeJob(request: "model: m")).reasons == [reason])
    }

    @Test func faultsInTheJobsFieldsHaveNoColumn() throws {
        #expect(
            try render(#"{"prompt":"hi"}"#, try makeJob(request: "model: m\ntop_p: 2")).reasons
                == ["top_p: must be a number from 0 to 1"])
        #expect(
            try render(#"{"prompt":"hi"}"#, try makeJob()).reasons
                == ["model: is missing; set it in the job's request, or in the row"])
    }

    @Test func textThatIsNoJSONIsReportedWithoutIt() throws {
        let reasons = try render(["messages"], ["[{secret}]"], try makeJob(request: "model: m")).reasons
        #expect(reasons.first?.hasPrefix("messages: the column's text is not JSON: ") == true)
        #expect(reasons.first?.contains("secret") == false)
    }

    @Test func otherOperationsNeedAPlaceholder() throws {
        #expect(
            try render(#"{"input":"x"}"#, try makeJob(request: "model: m", url: "/v1/embeddings")).reasons
                == ["the job's request has no {{column}} for this row to fill; add one, or give batch lines"])
        #expect(
            try render(#"{"x":"t"}"#, try makeJob(request: "model: m\ninput: '{{x}}'", url: "/v1/embeddings")).body
                == #"{"model":"m","input":"t"}"#)
    }
}

@Suite struct CustomIDTests {
    static let request = "model: m\nmessages: [{role: user, content: hi}]"

    @Test(arguments: [
        (#"{"custom_id":"a"}"#, nil as String?, "a" as String?), (#"{"custom_id":17}"#, nil, "17"),
        (#"{"custom_id":null}"#, nil, nil), ("{}", nil, nil), (#"{"id":"é\u00e9","n":5}"#, "x-{{id}}-{{n}}", "x-éé-5"),
        (#"{"id":"a","custom_id":"b"}"#, "{{id}}", "a"), (#"{"id":"a","custom_id":["ignored"]}"#, "{{id}}", "a"),
    ])
    func ids(row: String, template: String?, id: String?) throws {
        let rendered = try render(row, try makeJob(request: Self.request, id: template))
        #expect(rendered.request?.customID == id)
        #expect(rendered.request != nil)
    }

    @Test func csvRows() throws {
        let columns = ["custom_id", "id"]
        #expect(try render(columns, ["a", "b"], try makeJob(request: Self.request)).request?.customID == "a")
        #expect(try render(columns, ["", "b"], try makeJob(request: Self.request)).request?.customID == nil)
        #expect(
            try render(columns, ["a", "b"], try makeJob(request: Self.request, id: "{{id}}")).request?.customID == "b")
    }

    @Test(arguments: [
        (#"{"custom_id":""}"#, nil as String?, "14: custom_id: is empty; every row needs an id of its own, or none"),
        (#"{"custom_id":1.5}"#, nil, "14: custom_id: must be text or a whole number"),
        (#"{"custom_id":"a\nb"}"#, nil, "14: custom_id: has a control character"),
        (#"{"id":"\u0085"}"#, "{{id}}", "id: has a control character"),
        (#"{"id":null}"#, "{{id}}", "id: is empty; every row needs an id of its own, or none"),
        (#"{"id":1}"#, "{{idd}}", "no column 'idd'; did you mean 'id'? The columns are id"),
        (
            "{\"custom_id\":\"" + String(repeating: "a", count: 513) + "\"}", nil,
            "14: custom_id: has 513 bytes; at most 512 are allowed"
        ),
    ])
    func faults(row: String, template: String?, reason: String) throws {
        #expect(try render(row, try makeJob(request: Self.request, id: template)).reasons == [reason])
    }

    @Test func inputIsKeptOnRequest() throws {
        let job = try makeJob(request: Self.request, with: [.input])
        #expect(try render(#"{ "a":1e-7 }"#, job).request?.input == Array(#"{ "a":1e-7 }"#.utf8))
        #expect(
            try render(["a", "b\""], ["1", "é\n"], job).request?.input == Array(#"{"a":"1","b\"":"é\n"}"#.utf8))
        #expect(try render("{}", try makeJob(request: Self.request)).request?.input == nil)
    }

}

@Suite struct RowPriorityTests {
    private static func job(_ template: String = "{{p}}") throws -> Job {
        var job = try makeJob(request: "model: m\nmessages: [{role: user, content: hi}]")
        job.priority = try Template(plain: template)
        return job
    }

    @Test(arguments: [
        (#"{"p":5}"#, 5), (#"{"p":"-7"}"#, -7), (#"{"p":null}"#, 0), (#"{"p":""}"#, 0), (#"{"p":100}"#, 100),
    ])
    func itIsAWholeNumber(row: String, priority: Int) throws {
        #expect(try render(row, Self.job()).request?.priority == priority)
        #expect(
            try render(row, makeJob(request: "model: m\nmessages: [{role: user, content: hi}]")).request?.priority == 0)
    }

    @Test(arguments: [#"{"p":101}"#, #"{"p":1.5}"#, #"{"p":"high"}"#, #"{"p":-101}"#, #"{"p":[1]}"#])
    func anythingElseIsAFault(row: String) throws {
        guard case .problems(let problems) = try render(row, Self.job()) else { return #expect(Bool(false)) }
        #expect(problems.map(\.reason) == ["priority: must be a whole number from -100 to 100, or empty"])
    }

    @Test func itIsNoPartOfWhatIsSent() throws {
        let low = try #require(try render(#"{"p":1}"#, Self.job()).request)
        let high = try #require(try render(#"{"p":2}"#, Self.job()).request)
        #expect(low.fingerprint == high.fingerprint)
    }

    @Test func batchLinesAndCSVRowsHaveOneToo() throws {
        var job = try makeJob()
        job.priority = try Template(plain: "{{p}}")
        let line = #"{"custom_id":"a","method":"POST","url":"/v1/embeddings","p":3,"body":{"model":"m","input":"x"}}"#
        #expect(try render(line, job).request?.priority == 3)
        #expect(try render(["p"], ["4"], Self.job()).request?.priority == 4)
        #expect(try render(["p"], [""], Self.job()).request?.priority == 0)
    }
}

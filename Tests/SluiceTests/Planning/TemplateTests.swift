import JSON
import Testing

@testable import Sluice

@Suite struct TemplateTests {
    @Test(arguments: [
        ("plain", [TemplateText.Part.text("plain")]), ("", []),
        ("a {b} }} {", [.text("a {b} }} {")]), ("{{{{x}}", [.text("{{x}}")]), ("{{{{{{{{", [.text("{{{{")]),
        ("{{{{{", [.text("{{{")]),
    ])
    func textWithoutPlaceholders(text: String, parts: [TemplateText.Part]) throws {
        #expect(try TemplateText.parts(of: text) == parts)
    }

    @Test(arguments: [
        ("{{x}}", ["<x>"]), ("{{ x }}", ["<x>"]), ("a{{x}}b{{y}}", ["a", "<x>", "b", "<y>"]),
        ("{{{x}}}", ["{", "<x>", "}"]), ("{{{{{{x}}", ["{{", "<x>"]), ("{{\"a}}b\"}}", ["<a}}b>"]),
        ("{{my col}}", ["<my col>"]),
        ("{\"k\": {{x}}}", ["{\"k\": ", "<x>", "}"]), ("{{'q'}}", ["<q>"]), ("{{x|json}}", ["<x>"]),
    ])
    func textWithPlaceholders(text: String, parts: [String]) throws {
        let found = try TemplateText.parts(of: text).map { part in
            switch part {
            case .text(let text): text
            case .placeholder(let placeholder): "<\(placeholder.name)>"
            }
        }
        #expect(found == parts)
    }

    @Test(arguments: [
        ("a {{x", "'{{' has no '}}' on its line; for braces that are text write {{{{"),
        ("{{x\n}}", "'{{' has no '}}' on its line; for braces that are text write {{{{"),
        ("{{}}", "'{{}}' names no column; for braces that are text write {{{{"),
        ("{{  }}", "'{{}}' names no column; for braces that are text write {{{{"),
        ("{{|json}}", "a placeholder names no column"), ("{{\"\"}}", "a placeholder names no column"),
    ])
    func faultyTexts(text: String, reason: String) {
        #expect(throws: TemplateFault(reason: reason)) { try TemplateText.parts(of: text) }
    }

    @Test(arguments: [
        ("a", []), ("a.b", [Placeholder.Step.member("a"), .member("b")]),
        ("a[0].b[12]", [.member("a"), .element(0), .member("b"), .element(12)]),
        ("a[\"x.y\"]", [.member("a"), .member("x.y")]), ("a..b", []), ("[0]", []), (".a", []), ("a[x]", []),
        ("a[-1]", []),
        ("a[0", []), ("a[0]b", []), ("\"a.b\"", []), ("a.b |json", [.member("a"), .member("b")]),
    ])
    func paths(text: String, steps: [Placeholder.Step]) throws {
        #expect(try Placeholder(text).path == steps)
    }

    @Test func parametersFromFlagsStayAsWritten() throws {
        let request = try RequestTemplate(
            model: "m", system: "Be \"brief\".", prompt: "{{text}}!",
            parameters: [
                ("seed", " 9007199254740993 "), ("response_format", #"{"z": 1e-7,  "a":"{{x}}"}"#), ("model", "\"n\""),
            ])
        var flags = try makeJob()
        flags.request = request
        #expect(
            try render(#"{"text":"é\u00e9"}"#, flags).body
                == #"{"model":"n","seed":9007199254740993,"response_format":{"z": 1e-7,  "a":"{{x}}"},"#
                + #""messages":[{"role":"system","content":"Be \"brief\"."},{"role":"user","content":"é\u00e9!"}]}"#)
    }

    @Test func aSystemTextAloneGoesBeforeEachPrompt() throws {
        var flags = try makeJob()
        flags.request = try RequestTemplate(model: "m", system: "S")
        #expect(
            try render(#"{"prompt":"hi"}"#, flags).body
                == #"{"model":"m","messages":[{"role":"system","content":"S"},{"role":"user","content":"hi"}]}"#)
    }

    @Test func parametersMustBeJSON() {
        let fault = #expect(throws: TemplateFault.self) { try RequestTemplate(parameters: [("stop", "END")]) }
        #expect(fault?.reason.hasPrefix("stop: is not JSON: ") == true)
        #expect(fault?.reason.contains("END") == false)
    }

    @Test func settingAFieldAgainReplacesItWhereItStands() throws {
        var request = try RequestTemplate(model: "m", parameters: [("n", "1")])
        try request.set("model", text: "other")
        #expect(request.fields.map(\.name) == ["model", "n"])
        #expect(request.fields[0].value == (try Template(json: "\"other\"")))
    }
}

@Suite struct PlaceholderRenderingTests {
    static let prompt = "model: m\nmessages: [{role: user, content: '%'}]"

    /// The content of the only message, as JSON text.
    private func content(_ template: String, _ row: String) throws -> String? {
        let request = Self.prompt.replacing("%", with: template)
        return try render(row, try makeJob(request: request)).body.map { body in
            String(body.dropFirst(#"{"model":"m","messages":[{"role":"user","content":"#.utf8.count).dropLast(3))
        }
    }

    private func content(_ template: String, _ columns: [String], _ fields: [String]) throws -> String? {
        let request = Self.prompt.replacing("%", with: template)
        return try render(columns, fields, try makeJob(request: request)).body.map { body in
            String(body.dropFirst(#"{"model":"m","messages":[{"role":"user","content":"#.utf8.count).dropLast(3))
        }
    }

    @Test(arguments: [
        ("{{x}}", #"{"x":"a\u00e9\/\n\"é"}"#, #""a\u00e9\/\n\"é""#),
        ("<{{x}}>", #"{"x":"a\u00e9\/\n\"é"}"#, #""<a\u00e9\/\n\"é>""#),
        ("<{{x}}>", #"{"x":1e-7}"#, #""<1e-7>""#), ("<{{x}}>", #"{"x":true}"#, #""<true>""#),
        ("<{{x}}>", #"{"x":null}"#, #""<>""#), ("<{{x}}>", #"{"x": [1, "a"]}"#, #""<[1, \"a\"]>""#),
        ("<{{x}}>", #"{"x": {"a" : "\n"}}"#, #""<{\"a\" : \"\\n\"}>""#),
        ("{{x|text}}", #"{"x":5}"#, #""5""#), ("{{x|text}}", #"{"x":null}"#, #""""#),
        ("<{{ x | text }}>", #"{"x":[]}"#, #""<[]>""#),
        ("{{x}}", #"{"x":[{"type":"text","text":"t"}]}"#, #"[{"type":"text","text":"t"}]"#),
        ("{{x|json}}", #"{"x":" [{\"type\":\"text\",\"text\":\"t\"}] "}"#, #"[{"type":"text","text":"t"}]"#),
        ("{{x|json}}", #"{"x":[{"type":"text","text":"t"}]}"#, #"[{"type":"text","text":"t"}]"#),
        ("{{a.b[1]}}", #"{"a":{"b":["x","y"]}}"#, #""y""#),
        ("{{a.b[1]}}", #"{"a.b[1]":"exact","a":{"b":["x","y"]}}"#, #""exact""#),
        ("{{\"a.b\"}}", #"{"a.b":"q","a":{"b":"p"}}"#, #""q""#), ("{{my col}}", #"{"my col":"v"}"#, #""v""#),
        ("{{x|json}}", #"{"x|json":"exact","x":"1"}"#, #""exact""#),
        ("{{x}}", #"{"x":"first","x":"last"}"#, #""last""#),
        ("{{{{x}}", #"{"x":"v"}"#, #""{{x}}""#), ("{{{x}}}", #"{"x":"v"}"#, #""{v}""#),
        ("é{{x}}", #"{"x":"\ud800"}"#, #""é\ud800""#),
    ])
    func jsonRows(template: String, row: String, expected: String) throws {
        #expect(try content(template, row) == expected)
    }

    @Test(arguments: [
        ("{{x}}", "5", #""5""#), ("{{x}}", "", #""""#), ("<{{x}}>", "a\"b\\\n\u{1}é", #""<a\"b\\\n\u0001é>""#),
        ("{{x}}", "[1]", #""[1]""#),
        ("{{x|json}}", #" [{"type":"text","text":"t"}]"#, #"[{"type":"text","text":"t"}]"#),
        ("{{x|text}}", "5", #""5""#), ("{{y.z}}", "", #""dotted""#), ("{{ \"y.z\" }}", "", #""dotted""#),
    ])
    func csvRows(template: String, field: String, expected: String) throws {
        #expect(try content(template, ["x", "y.z"], [field, "dotted"]) == expected)
    }

    @Test func wholeValuesKeepTheirKind() throws {
        let job = try makeJob(
            request: """
                model: "{{m}}"
                temperature: "{{t}}"
                seed: "{{s}}"
                tools: "{{tools}}"
                stop: "{{none}}"
                messages: [{role: user, content: hi}]
                """)
        let body = try render(
            #"{"m":"x","t":1e-1,"s":9007199254740993,"tools":[ {"b":1,"a":2} ],"none":null}"#, job
        ).body
        #expect(
            body == #"{"model":"x","temperature":1e-1,"seed":9007199254740993,"tools":[ {"b":1,"a":2} ],"stop":null,"#
                + #""messages":[{"role":"user","content":"hi"}]}"#)
    }

    @Test func emptyFieldsAsJSONAreNull() throws {
        let job = try makeJob(request: "model: m\ntemperature: '{{t|json}}'\nmessages: [{role: user, content: hi}]")
        #expect(
            try render(["t"], [" "], job).body
                == #"{"model":"m","temperature":null,"messages":[{"role":"user","content":"hi"}]}"#)
        #expect(try render(["t"], ["0.20"], job).body?.contains(#""temperature":0.20,"#) == true)
        let reason = try render(["t"], ["abc"], job).reasons.first
        #expect(reason?.hasPrefix("{{t|json}}: the column's text is not JSON: ") == true)
        #expect(reason?.contains("abc") == false)
    }

    @Test func aHeaderIsBoundAgainWhenItChanges() throws {
        let rows = try render(
            [(["x", "y"], ["1", "2"]), (["y", "x"], ["1", "2"])],
            try makeJob(request: Self.prompt.replacing("%", with: "{{x}}")))
        #expect(rows[0].body?.contains(#""content":"1""#) == true)
        #expect(rows[1].body?.contains(#""content":"2""#) == true)
    }

    @Test(arguments: [
        ("{{titel}}", #"{"id":1,"title":"t"}"#, "no column 'titel'; did you mean 'title'? The columns are id, title"),
        ("{{x}} {{x}}", #"{"abc":1}"#, "no column 'x'; the columns are abc"),
        ("{{x}}", "{}", "no column 'x'; the row has no columns"),
        ("{{a.b}}", #"{"a":{"c":1}}"#, "{{a.b}}: the row has no member 'b' there"),
        ("{{a.b}}", #"{"a":5}"#, "{{a.b}}: the row has no member 'b' there"),
        ("{{a[3]}}", #"{"a":[1]}"#, "{{a[3]}}: the row has no element 3 there"),
        ("{{q.b}}", #"{"a":5}"#, "no column 'q'; the columns are a"),
        ("{{a|upper}}", #"{"a":5}"#, "no column 'a|upper'; the columns are a; the filters are |json and |text"),
    ])
    func unknownColumns(template: String, row: String, reason: String) throws {
        let request = Self.prompt.replacing("%", with: template)
        #expect(try render(row, try makeJob(request: request)).reasons == [reason])
    }

    @Test func unknownColumnsOfAFileNameTheFirstTwenty() throws {
        let request = Self.prompt.replacing("%", with: "{{nope}}")
        let columns = (1...25).map { "column\($0)" }
        #expect(
            try render(columns, columns, try makeJob(request: request)).reasons == [
                "no column 'nope'; the columns are " + columns.prefix(20).joined(separator: ", ") + " and 5 more"
            ])
    }

    @Test func namesAreShownShortAndWithoutControlCharacters() throws {
        let name = "a\\u001b[31m" + String(repeating: "x", count: 100)
        let request = Self.prompt.replacing("%", with: "{{nope}}")
        let reason = try render(#"{"\#(name)":1}"#, try makeJob(request: request)).reasons.first
        #expect(reason == "no column 'nope'; the columns are a\u{FFFD}[31m" + String(repeating: "x", count: 54) + "…")
    }
}

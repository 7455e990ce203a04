import Testing

@testable import Sluice

@Suite struct ExpectationTests {
    private static func job(_ block: String, path: String = "jobs/x.yaml") throws -> Job {
        try JobFile.parse(text: JobFileTests.minimal + block, path: path)
    }

    @Test func absent() throws {
        #expect(try Self.job("").expectation == nil)
        #expect(try Self.job("expect:\n").expectation == nil)
        #expect(try Self.job("").onTruncation == .keep)
    }

    private static let written = """
        expect:
          json_schema:
            type: object
            properties: {n: {minimum: 0.10, const: 1e3}, "{{x}}": true}
            required: [n]
            description: "{{y}} é"
        """
    private static let writtenJSON = #"""
        {"type":"object","properties":{"n":{"minimum":0.10,"const":1e3},"{{x}}":true},"required":["n"],\#
        "description":"{{y}} é"}
        """#

    static let blocks: [(block: String, kinds: [Expectation.Kind])] = [
        ("expect: json", [.json]),
        ("expect: {json: true}", [.json]),
        (#"expect: {regex: "^[A-D]$"}"#, [.regex("^[A-D]$")]),
        (#"expect: {regex: "a{{1,2}}{"}"#, [.regex("a{{1,2}}{")]),
        ("expect: {fields: [a, 'b c', 1]}", [.fields(["a", "b c", "1"])]),
        ("expect: {json_schema: {}}", [.schema("{}")]),
        (written, [.schema(writtenJSON)]),
        (
            "expect: {regex: a, fields: [b], json_schema: {type: object}, json: true}",
            [.json, .schema(#"{"type":"object"}"#), .regex("a"), .fields(["b"])]
        ),
        (
            "expect: {json_schema: {name: x, strict: true, schema: {type: object}}}",
            [.schema(#"{"name":"x","strict":true,"schema":{"type":"object"}}"#)]
        ),
    ]

    @Test(arguments: blocks) func kinds(_ block: String, _ kinds: [Expectation.Kind]) throws {
        let expectation = try #require(try Self.job(block).expectation)
        #expect(expectation == Expectation(kinds))
        #expect(expectation.attempts == 3)
        #expect(!expectation.correct)
    }

    @Test func attemptsAndCorrection() throws {
        let expectation = try Self.job("expect: {json: true, attempts: 20, correct: true}").expectation
        #expect(expectation?.attempts == 20)
        #expect(expectation?.correct == true)
    }

    static let bad: [(block: String, problem: String)] = [
        (
            "expect: jsn",
            "3:9: expect: must be json or a block such as {json_schema: schema.json}, {regex: \"^[A-D]$\"} or "
                + "{fields: [title, score]}"
        ),
        ("expect: [json]", "3:9: 'expect' must be a list of 'key: value' lines"),
        ("expect: {}", "3:9: expect: says nothing; write json: true, json_schema, regex or fields"),
        ("expect: {json: false}", "3:9: expect: says nothing; write json: true, json_schema, regex or fields"),
        ("expect: {correct: true}", "3:9: expect: says nothing; write json: true, json_schema, regex or fields"),
        ("expect: {jsn: true}", "3:10: unknown key 'jsn' in expect; did you mean 'json'?"),
        ("expect: {json: 1}", "3:16: json: must be true or false"),
        ("expect: {json: true, attempts: 0}", "3:32: attempts: must be from 1 to 20"),
        ("expect: {json: true, attempts: 21}", "3:32: attempts: must be from 1 to 20"),
        ("expect: {regex: 'a('}", "3:17: regex: cannot be used as a pattern: missing ) at byte 1"),
        ("expect: {regex: [a]}", "3:17: regex: must be text"),
        ("expect: {fields: a}", "3:18: fields: must be a list of names such as [title, score]"),
        ("expect: {fields: []}", "3:18: fields: must name a member"),
        ("expect: {fields: [a, [b]]}", "3:22: fields: a name must be text"),
        (
            "expect: {json_schema: 5}",
            "3:23: json_schema: must be a JSON Schema, written out or the path of a .json file"
        ),
        (
            "expect: {json_schema: [a]}",
            "3:23: json_schema: must be a JSON Schema, written out or the path of a .json file"
        ),
        (
            "expect: {json_schema: {x: 007}}",
            "3:27: JSON numbers have no leading zeros; remove them, or put this in quotes if it is text"
        ),
        (
            "expect: {json_schema: no/such.json}",
            "3:23: json_schema: jobs/no/such.json: cannot be opened: No such file or directory"
        ),
        (
            "expect:\n  json_schema:\n    type: object\n    properties:\n      price: {minimun: 0}",
            "7:15: json_schema: has the unknown keyword 'minimun' at /properties/price; did you mean 'minimum'?"
        ),
        (
            "expect:\n  fields: [a]\n  json_schema: {anyOf: [{}, 7]}",
            "5:29: json_schema: /anyOf/1 must be a schema: an object, true or false"
        ),
        (
            "expect: {json_schema: {name: x, schema: {type: obj}}}",
            "3:42: json_schema: /schema/type must be one or a list of object, array, string, number, integer, boolean, "
                + "null"
        ),
        ("on_truncation: grwo", "3:16: on_truncation: must be one of keep, fail, grow; did you mean 'grow'?"),
        ("on_truncation: [grow]", "3:16: 'on_truncation' must be a list of 'key: value' lines"),
        ("on_truncation: {}", "3:16: 'grow' is missing in on_truncation; write grow: {factor: 2, cap: 16384}"),
        ("on_truncation: {grow: {factor: 1}}", "3:32: factor: must be a number from 1.1 to 100"),
        ("on_truncation: {grow: {factor: x}}", "3:32: factor: must be a number from 1.1 to 100"),
        ("on_truncation: {grow: {cap: 0}}", "3:29: cap: must be from 1 to 100000000"),
        (
            "on_truncation: {grow: {most: 5}}",
            "3:24: unknown key 'most' in on_truncation.grow; the keys are cap, factor"
        ),
    ]

    @Test(arguments: bad) func told(_ block: String, _ problem: String) {
        let error = #expect(throws: JobFileError.self) { try Self.job(block) }
        #expect(error?.problems.map(\.description) == ["jobs/x.yaml:\(problem)"])
    }

    static let policies: [(block: String, policy: TruncationPolicy)] = [
        ("on_truncation: keep", .keep), ("on_truncation: fail", .fail),
        ("on_truncation: grow", .grow(factor: 2, cap: 32_768)),
        ("on_truncation: {grow: {factor: 1.5, cap: 16384}}", .grow(factor: 1.5, cap: 16_384)),
        ("on_truncation: {grow: {cap: 100}}", .grow(factor: 2, cap: 100)),
        ("on_truncation: {grow: {factor: 4}}", .grow(factor: 4, cap: 32_768)), ("on_truncation:", .keep),
    ]

    @Test(arguments: policies) func truncation(_ block: String, _ policy: TruncationPolicy) throws {
        #expect(try Self.job(block).onTruncation == policy)
    }

    @Test func schemaFromAFile() throws {
        let folder = try TemporaryFolder()
        let schema = "{ \"type\": \"object\",\n  \"required\": [\"é\"] }\n"
        try folder.write("good.json", schema)
        try folder.write("broken.json", "{\n  \"é\": 1,\n  \"é\" 2}")
        try folder.write("unknown.json", "{\"typ\": 1}")
        let path = folder.file("x.yaml")
        #expect(
            try Self.job("expect: {json_schema: good.json}", path: path).expectation == Expectation(.schema(schema)))
        for (file, reason) in [
            ("broken.json", ":3:7: is not JSON: expected ':' after the key"),
            ("unknown.json", ": has the unknown keyword 'typ'; did you mean 'type'?"),
        ] {
            let error = #expect(throws: JobFileError.self) {
                try Self.job("expect: {json_schema: \(file)}", path: path)
            }
            #expect(error?.description == "\(path):3:23: json_schema: \(folder.file(file))\(reason)")
        }
    }
}

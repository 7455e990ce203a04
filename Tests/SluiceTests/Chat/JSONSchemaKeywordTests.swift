import Testing

@testable import Sluice

/// Each keyword with documents that satisfy it and documents that do not.
@Suite struct JSONSchemaKeywordTests {
    struct Case: Sendable {
        let schema: String
        let passing: [String]
        /// With the fault that is told.
        let failing: [(text: String, fault: String)]

        init(_ schema: String, passing: [String], failing: [(String, String)]) {
            self.schema = schema
            self.passing = passing
            self.failing = failing
        }
    }

    static let general: [Case] = [
        Case("true", passing: ["1", "null"], failing: []),
        Case("false", passing: [], failing: [("1", "the document must not be there (false)")]),
        Case("{}", passing: ["[]", #""x""#], failing: []),
        Case(
            #"{"type":"object"}"#, passing: ["{}"],
            failing: [
                ("[]", "the document must be an object (type)"), ("null", "the document must be an object (type)"),
            ]),
        Case(
            #"{"type":"array"}"#, passing: ["[]"], failing: [("{}", "the document must be an array (type)")]),
        Case(
            #"{"type":"string"}"#, passing: [#""""#, "  \"x\"\n"],
            failing: [("1", "the document must be a string (type)")]),
        Case(
            #"{"type":"number"}"#, passing: ["1", "1.5", "1e400", "-0"],
            failing: [(#""1""#, "the document must be a number (type)")]),
        Case(
            #"{"type":"integer"}"#,
            passing: ["1", "1.0", "10e-1", "1e400", "0.0", "123456789012345678901234567890", "-7"],
            failing: [
                ("1.5", "the document must be a whole number (type)"),
                ("1e-400", "the document must be a whole number (type)"),
            ]),
        Case(
            #"{"type":"boolean"}"#, passing: ["true", "false"],
            failing: [("0", "the document must be true or false (type)")]),
        Case(
            #"{"type":["string","null"]}"#, passing: ["null", #""x""#],
            failing: [("1", "the document must be a string or null (type)")]),
        Case(
            #"{"enum":["a",1,null,{"x":[1,2],"y":"é"}]}"#,
            passing: [#""a""#, #""\u0061""#, "1.0", "1e0", "null", #"{"y":"\u00e9","x":[1.0,2]}"#],
            failing: [
                (#""b""#, #"the document must be one of "a", 1, null, {"x":[1,2],"y":"é"} (enum)"#),
                (#"{"x":[2,1],"y":"é"}"#, #"the document must be one of "a", 1, null, {"x":[1,2],"y":"é"} (enum)"#),
                ("true", #"the document must be one of "a", 1, null, {"x":[1,2],"y":"é"} (enum)"#),
            ]),
        Case(
            #"{"const":1e400}"#, passing: ["1e400", "10e399", "0.1e401"],
            failing: [("1e401", "the document must be 1e400 (const)"), ("0", "the document must be 1e400 (const)")]),
        Case(#"{"const":false}"#, passing: ["false"], failing: [("0", "the document must be false (const)")]),
        Case(
            #"{"allOf":[{"type":"string"},{"minLength":2}]}"#, passing: [#""ab""#],
            failing: [(#""a""#, "the document must have at least 2 characters (minLength)")]),
        Case(
            #"{"anyOf":[{"type":"string"},{"minimum":2}]}"#, passing: [#""a""#, "2", "null"],
            failing: [("1", "the document fits none of the alternatives (anyOf)")]),
        Case(
            #"{"oneOf":[{"type":"integer"},{"minimum":2}]}"#, passing: ["1", "2.5"],
            failing: [
                ("3", "the document fits more than one of the alternatives (oneOf)"),
                ("1.5", "the document fits none of the alternatives (oneOf)"),
            ]),
        Case(
            #"{"not":{"type":"object","required":["error"]}}"#, passing: ["1", "{}"],
            failing: [(#"{"error":1}"#, "the document is of a kind that is ruled out (not)")]),
        Case(
            ##"{"$ref":"#/$defs/x","maxLength":3,"$defs":{"x":{"type":"string"}}}"##, passing: [#""abc""#],
            failing: [
                ("1", "the document must be a string (type)"),
                (#""abcd""#, "the document must have at most 3 characters (maxLength)"),
            ]),
        Case(
            ##"{"$ref":"#/definitions/a~1b~0c%20d","definitions":{"a/b~c d":{"const":1}}}"##, passing: ["1"],
            failing: [("2", "the document must be 1 (const)")]),
        Case(
            ##"{"properties":{"next":{"$ref":"#"},"n":{"type":"number"}},"additionalProperties":false}"##,
            passing: [#"{"next":{"next":{"n":1}}}"#],
            failing: [(#"{"next":{"next":{"n":"1"}}}"#, "/next/next/n must be a number (type)")]),
        Case(
            #"{"title":"t","description":"d","default":1,"examples":[2],"$schema":"s","$id":"i","$comment":"c"}"#,
            passing: ["1"], failing: []),
        Case(
            #"{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{"type":"null"}}}"#,
            passing: ["null"], failing: [("1", "the document must be null (type)")]),
        Case(
            ##"{"name":"n","schema":{"items":{"$ref":"#/$defs/x"},"$defs":{"x":{"const":1}}}}"##,
            passing: ["[1]"], failing: [("[2]", "/0 must be 1 (const)")]),
    ]

    static let objects: [Case] = [
        Case(
            #"{"properties":{"a":{"type":"string"},"b~/c":{"const":1},"d":false}}"#,
            passing: ["{}", "[]", #"{"a":"x","b~/c":1,"z":0}"#, #"{"z":0,"b~/c":1,"a":"x"}"#],
            failing: [
                (#"{"a":1}"#, "/a must be a string (type)"), (#"{"b~/c":2}"#, "/b~0~1c must be 1 (const)"),
                (#"{"d":1}"#, "/d must not be there (false)"), (#"{"\u0061":1}"#, "/a must be a string (type)"),
            ]),
        // The last one counts, as for every reader of JSON.
        Case(
            #"{"properties":{"a":{"type":"string"}},"maxProperties":1}"#, passing: [#"{"a":1,"a":"x"}"#],
            failing: [
                (#"{"a":"x","a":1}"#, "/a must be a string (type)"),
                (#"{"a":"x","b":1}"#, "the document must have at most 1 members (maxProperties)"),
            ]),
        Case(
            #"{"minProperties":2}"#, passing: [#"{"a":1,"b":2}"#, "1"],
            failing: [(#"{"a":1,"a":2}"#, "the document must have at least 2 members (minProperties)")]),
        Case(
            #"{"required":["a","b"]}"#, passing: [#"{"b":null,"a":1}"#, "3"],
            failing: [(#"{"a":1}"#, "the document must have the member 'b' (required)")]),
        Case(
            #"{"properties":{"a":true},"required":["b"],"additionalProperties":false}"#, passing: [],
            failing: [
                (
                    #"{"a":1,"b":2}"#, "the document has a member that the schema does not name (additionalProperties)"
                )
            ]),
        Case(
            #"{"properties":{"a":true},"additionalProperties":{"type":"number"}}"#, passing: [#"{"a":"x","b":1}"#],
            failing: [(#"{"secret":"x"}"#, "/* must be a number (type)")]),
        Case(
            #"{"patternProperties":{"^n_":{"type":"number"}},"properties":{"n_x":{"minimum":2}},"#
                + #""additionalProperties":false}"#,
            passing: [#"{"n_x":2,"n_y":0}"#],
            failing: [
                (#"{"n_x":"2"}"#, "/n_x must be a number (type)"), (#"{"n_x":1}"#, "/n_x must be at least 2 (minimum)"),
                (#"{"n_y":"2"}"#, "/* must be a number (type)"),
                (#"{"m":1}"#, "the document has a member that the schema does not name (additionalProperties)"),
            ]),
    ]

    static let arrays: [Case] = [
        Case(
            #"{"items":{"type":"number"}}"#, passing: ["[]", "[1,2]", "{}"],
            failing: [(#"[1,[],"x"]"#, "/1 must be a number (type)")]),
        Case(
            #"{"prefixItems":[{"type":"string"}],"items":{"type":"number"}}"#, passing: [#"["x",1,2]"#, "[]"],
            failing: [("[1]", "/0 must be a string (type)"), (#"["x",1,"y"]"#, "/2 must be a number (type)")]),
        Case(
            #"{"prefixItems":[true],"items":false}"#, passing: ["[1]"],
            failing: [("[1,2]", "/1 must not be there (false)")]),
        Case(
            #"{"minItems":1,"maxItems":2}"#, passing: ["[1]", "[1,2]"],
            failing: [
                ("[]", "the document must have at least 1 elements (minItems)"),
                ("[1,2,3]", "the document must have at most 2 elements (maxItems)"),
            ]),
        Case(
            #"{"uniqueItems":true}"#,
            passing: ["[1,2]", #"[{"a":1},{"a":2}]"#, #"["1",1,true,[1]]"#, #"[[1,2],[12]]"#],
            failing: [
                ("[1,2,1.0]", "the document has its element 2 twice (uniqueItems)"),
                (#"[{"a":1,"b":2},{"b":2,"a":1}]"#, "the document has its element 1 twice (uniqueItems)"),
            ]),
        Case(#"{"uniqueItems":false}"#, passing: ["[1,1]"], failing: []),
    ]

    static let scalars: [Case] = [
        Case(
            #"{"minLength":2,"maxLength":3}"#, passing: [#""äö""#, #""\u00e4\ud83d\ude00😀""#, "1"],
            failing: [
                (#""ä""#, "the document must have at least 2 characters (minLength)"),
                (#""abcd""#, "the document must have at most 3 characters (maxLength)"),
            ]),
        Case(
            #"{"maxLength":1}"#, passing: [#""\ud800""#],
            failing: [(#""\ud800\ud800""#, "the document must have at most 1 characters (maxLength)")]),
        Case(
            #"{"pattern":"^[a-z]+\\d$"}"#, passing: [#""abc1""#, "1"],
            failing: [(#""abc""#, "the document must match the pattern (pattern)")]),
        Case(#"{"pattern":"é"}"#, passing: [#""caf\u00e9s""#], failing: []),
        Case(
            #"{"minimum":0.1}"#, passing: ["0.1", "0.10", "1e-1", "1e400"],
            failing: [
                ("0.09999999999999999999999", "the document must be at least 0.1 (minimum)"),
                ("-1e400", "the document must be at least 0.1 (minimum)"),
            ]),
        Case(
            #"{"maximum":9007199254740993}"#, passing: ["9007199254740993", "-9007199254740994"],
            failing: [("9007199254740994", "the document must be at most 9007199254740993 (maximum)")]),
        Case(
            #"{"exclusiveMinimum":0,"exclusiveMaximum":1}"#, passing: ["0.5", "1e-400"],
            failing: [
                ("0", "the document must be above 0 (exclusiveMinimum)"),
                ("-0.0", "the document must be above 0 (exclusiveMinimum)"),
                ("1.0", "the document must be below 1 (exclusiveMaximum)"),
            ]),
        Case(
            #"{"multipleOf":0.01}"#, passing: ["4.35", "0", "1e400", "-7", "123456789012345678901234567890.12"],
            failing: [
                ("4.351", "the document is not a multiple of what the schema asks for (multipleOf)"),
                ("1e-400", "the document is not a multiple of what the schema asks for (multipleOf)"),
            ]),
        Case(
            #"{"multipleOf":7e2}"#, passing: ["1400", "7e99999999999999999999", "-2100.0"],
            failing: [
                ("1401", "the document is not a multiple of what the schema asks for (multipleOf)"),
                ("1e30", "the document is not a multiple of what the schema asks for (multipleOf)"),
            ]),
    ]

    @Test(arguments: general + objects + arrays + scalars) func keyword(_ example: Case) throws {
        let check = try AnswerCheck(Expectation(.schema(example.schema)))
        for text in example.passing {
            #expect(check.fault(in: Array(text.utf8)) == nil, "\(text)")
        }
        for (text, fault) in example.failing {
            #expect(check.fault(in: Array(text.utf8)) == fault, "\(text)")
        }
    }

    @Test(arguments: JSONSchemaFormat.allCases) func format(_ format: JSONSchemaFormat) throws {
        let check = try AnswerCheck(Expectation(.schema(#"{"format":"\#(format.rawValue)"}"#)))
        #expect(check.fault(in: Array("1".utf8)) == nil)
        let (valid, invalid) = try #require(Self.formats[format])
        for text in valid { #expect(check.fault(in: Array("\"\(text)\"".utf8)) == nil, "\(text)") }
        for text in invalid + [""] {
            let fault = check.fault(in: Array("\"\(text)\"".utf8))
            #expect(fault == "the document must be of format \(format.rawValue)", "\(text)")
        }
    }

    static let formats: [JSONSchemaFormat: (valid: [String], invalid: [String])] = [
        .date: (
            ["2024-02-29", "2000-02-29", "0000-01-01"],
            [
                "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-10", "2024-1-1", "2024-01-32", "2024-01-011",
                "20240101",
            ]
        ),
        .time: (
            ["10:20:30Z", "00:00:00.123456789+14:00", "23:59:60Z", "01:29:60+01:30", "10:20:30z"],
            ["10:20:30", "24:00:00Z", "10:60:00Z", "10:20:60Z", "10:20:30.Z", "10:20:30+24:00", "10:20:30Zx", "10:20Z"]
        ),
        .dateTime: (
            ["2024-02-29T10:20:30Z", "1985-04-12t23:20:50.52-08:00", "1990-12-31T23:59:60Z"],
            [
                "2024-02-30T10:20:30Z", "2024-02-29 10:20:30Z", "2024-02-29T10:20:30", "2024-02-29",
                "2024-02-29T10:20:30Z0",
            ]
        ),
        .duration: (
            ["P3Y6M4DT12H30M5S", "P4W", "PT1M", "P1D", "PT0S", "P1YT1S"],
            ["P", "PT", "P1", "1D", "P1YT", "P1D1Y", "P2W1D", "PT1D", "P1H", "P1Y2D", "PT1H2S", "P1.5D", "p1d"]
        ),
        .email: (
            ["a@b.example", "a.b+c@x", "x@[127.0.0.1]", "x@[IPv6:::1]"],
            ["a", "@b", "a@", ".a@b", "a..b@c", "a@-b", "a b@c", "a@b@c", "x@[300.0.0.1]"]
        ),
        .hostname: (
            ["www.example.com", "xn--nxasmq6b", "a1-b.c"],
            ["-a", "a-", "a..b", "a_b", "é.de", "a.", String(repeating: "a", count: 64)]
        ),
        .ipv4: (["127.0.0.1", "255.255.255.255"], ["256.0.0.1", "1.2.3", "01.2.3.4", "0x7f.0.0.1", "1.2.3.4\\u0000"]),
        .ipv6: (["::1", "2001:db8::8a2e:370:7334", "::ffff:1.2.3.4"], ["12345::", "1::2::3", "::1%eth0", "1:2:3"]),
        .uuid: (
            ["2EB8AA08-aa98-11ea-b4aa-73b441d16380"],
            [
                "2eb8aa08aa9811eab4aa73b441d16380", "2eb8aa08-aa98-11ea-b4aa-73b441d1638",
                "2eb8aa08-aa98-11ea-b4aa-73b441d1638g",
            ]
        ),
        .uri: (
            [
                "https://u:p@x.example:8080/a%20b?c=d#e", "urn:isbn:1", "mailto:a@b", "http://[::1]:80/", "x:",
                "http://x?q=#f",
            ],
            [
                "//x", "a/b", "http://x/a b", "http://x/%zz", "http://x/#a#b", "http://x:8a/", "http://[::g]/", "1x:y",
                "http://x/<y>", "http://x/\\u00e9", "http://x/[1]",
            ]
        ),
    ]
}

import Testing

@testable import Sluice

/// Schemas that are refused, with what is told and where the fault stands.
@Suite struct JSONSchemaRefusalTests {
    struct Case: Sendable {
        let schema: String
        let reason: String
        let place: [String]

        init(_ schema: String, _ reason: String, _ place: [String]) {
            self.schema = schema
            self.reason = reason
            self.place = place
        }
    }

    static let cases: [Case] = [
        Case("{1}", "is not JSON: expected a key in double quotes at byte 2", []),
        Case("[]", "must be a schema: an object, true or false", []),
        Case(
            #"{"minimun":1}"#, "has the unknown keyword 'minimun'; did you mean 'minimum'?", ["minimun"]),
        Case(
            #"{"properties":{"a":{"if":true}}}"#, "has the unknown keyword 'if' at /properties/a",
            ["properties", "a", "if"]),
        Case(
            #"{"nullable":true}"#,
            #"has the unknown keyword 'nullable'; write the type as a list with "null" in it"#, ["nullable"]),
        Case(
            #"{"$defs":{"unused":{"contains":1}}}"#, "has the unknown keyword 'contains' at /$defs/unused",
            ["$defs", "unused", "contains"]),
        Case(
            #"{"schema":{"x":1}}"#, "has the unknown keyword 'x' at /schema", ["schema", "x"]),
        Case(
            #"{"type":"text"}"#,
            "/type must be one or a list of object, array, string, number, integer, boolean, null", ["type"]),
        Case(#"{"type":[]}"#, "/type must name a type", ["type"]),
        Case(#"{"enum":1}"#, "/enum must be a list", ["enum"]),
        Case(#"{"enum":[]}"#, "/enum must have a value", ["enum"]),
        Case(#"{"anyOf":[]}"#, "/anyOf must have a schema", ["anyOf"]),
        Case(#"{"anyOf":[1]}"#, "/anyOf/0 must be a schema: an object, true or false", ["anyOf", "0"]),
        Case(#"{"properties":[]}"#, "/properties must be an object", ["properties"]),
        Case(#"{"properties":{"a":1,"a":2}}"#, "/properties has 'a' twice", ["properties"]),
        Case(#"{"type":"null","type":"null"}"#, "/type has the keyword 'type' twice", ["type"]),
        Case(#"{"required":true}"#, "/required must be a list", ["required"]),
        Case(#"{"required":[1]}"#, "/required must be a list of names", ["required"]),
        Case(
            #"{"items":[true]}"#, "/items must be one schema; a list of schemas is called prefixItems", ["items"]),
        Case(#"{"uniqueItems":1}"#, "/uniqueItems must be true or false", ["uniqueItems"]),
        Case(#"{"minItems":-1}"#, "/minItems must be a whole number from 0 on", ["minItems"]),
        Case(#"{"maxLength":1.5}"#, "/maxLength must be a whole number from 0 on", ["maxLength"]),
        Case(#"{"minimum":"1"}"#, "/minimum must be a number", ["minimum"]),
        Case(#"{"exclusiveMinimum":true}"#, "/exclusiveMinimum must be a number", ["exclusiveMinimum"]),
        Case(#"{"multipleOf":0}"#, "/multipleOf must be above 0 and have at most 15 digits", ["multipleOf"]),
        Case(
            #"{"multipleOf":0.12345678901234567}"#, "/multipleOf must be above 0 and have at most 15 digits",
            ["multipleOf"]),
        Case(
            #"{"format":"idn-email"}"#,
            "/format must be one of the formats that can be checked: date-time, date, time, duration, email, hostname, "
                + "ipv4, ipv6, uuid, uri", ["format"]),
        Case(#"{"pattern":"a("}"#, "/pattern cannot be used as a pattern: missing ) at byte 1", ["pattern"]),
        Case(
            #"{"patternProperties":{"a**":1}}"#,
            "/patternProperties/a** cannot be used as a pattern: bad repetition operator at byte 2",
            ["patternProperties", "a**"]),
        Case(
            #"{"$ref":"https://x.example/y"}"#,
            ##"/$ref must begin with #/ and stay within the schema, such as "#/$defs/item""##, ["$ref"]),
        Case(
            ##"{"$ref":"#anchor"}"##,
            ##"/$ref must begin with #/ and stay within the schema, such as "#/$defs/item""##, ["$ref"]),
        Case(##"{"$ref":"#/$defs/x"}"##, "/$ref points to nothing", ["$ref"]),
        Case(##"{"$ref":"#"}"##, "refers to itself without a step into the value", []),
        Case(
            ##"{"items":{"anyOf":[{"$ref":"#/$defs/a"}]},"$defs":{"a":{"not":{"$ref":"#/$defs/b"}},"b":{"$ref":"#/$defs/a"}}}"##,
            "/$defs/a refers to itself without a step into the value", ["$defs", "a"]),
    ]

    @Test(arguments: cases) func refused(_ example: Case) {
        #expect(throws: ExpectationFault(reason: example.reason, place: example.place)) {
            try AnswerCheck(Expectation(.schema(example.schema)))
        }
    }

    /// A reference back to what is around it is fine where there is a step into the value between.
    @Test func recursionThroughAMember() throws {
        let check = try AnswerCheck(
            Expectation(.schema(##"{"anyOf":[{"type":"null"},{"properties":{"a":{"$ref":"#"}},"type":"object"}]}"##)))
        #expect(check.fault(in: Array(#"{"a":{"a":null}}"#.utf8)) == nil)
        #expect(check.fault(in: Array(#"{"a":{"a":1}}"#.utf8)) != nil)
    }

    @Test func bounds() {
        let many = Array(repeating: "{}", count: JSONSchemaCompiler.maximumNodes + 1).joined(separator: ",")
        #expect(throws: ExpectationFault(reason: "has too many schemas in it")) {
            try AnswerCheck(Expectation(.schema(#"{"anyOf":[\#(many)]}"#)))
        }
        let large = #"{"title":"\#(String(repeating: "x", count: Expectation.maximumSchema.bytes))"}"#
        #expect(throws: ExpectationFault(reason: "is larger than a schema may be (1MiB)")) {
            try AnswerCheck(Expectation(.schema(large)))
        }
        let deep = String(repeating: #"{"not":"#, count: 200) + "{}" + String(repeating: "}", count: 200)
        #expect(throws: ExpectationFault(reason: "is not JSON: nested deeper than 128 at byte 897")) {
            try AnswerCheck(Expectation(.schema(deep)))
        }
    }
}

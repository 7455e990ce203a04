import Testing

@testable import Sluice

/// Texts and schemas made to take all memory, all the stack or for ever.
@Suite struct AnswerCheckHostileTests {
    private static func fault(_ schema: String, _ text: [UInt8]) throws -> String? {
        try AnswerCheck(Expectation(.schema(schema))).fault(in: text)
    }

    private static func nested(_ depth: Int, open: String, core: String, close: String) -> [UInt8] {
        Array((String(repeating: open, count: depth) + core + String(repeating: close, count: depth)).utf8)
    }

    @Test(arguments: [1_000, 1_000_000]) func depth(_ depth: Int) throws {
        let check = try AnswerCheck(Expectation(.json))
        let text = Self.nested(depth, open: "[", core: "", close: "]")
        #expect(check.fault(in: text) == "the text is not JSON: nested deeper than 128 at byte 129")
    }

    @Test func recursiveSchemaOnDeepData() throws {
        let schema =
            ##"{"$ref":"#/$defs/node","$defs":{"node":{"type":"object","required":["v"],"additionalProperties":false"##
            + ##","properties":{"v":{"type":"number"},"next":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/node"}]}}}}}"##
        let open = #"{"v":1,"next":"#
        #expect(try Self.fault(schema, Self.nested(127, open: open, core: "null", close: "}")) == nil)
        #expect(
            try Self.fault(schema, Self.nested(127, open: open, core: "7", close: "}"))
                == "/next fits none of the alternatives (anyOf)")
    }

    /// References without a step into the value are followed, but not without an end.
    @Test func longChainOfReferences() throws {
        let links = (0..<2_000).map { ##""d\##($0)":{"allOf":[{"$ref":"#/$defs/d\##($0 + 1)"}]}"## }
        let schema = ##"{"$ref":"#/$defs/d0","$defs":{\##(links.joined(separator: ",")),"d2000":{"const":1}}}"##
        #expect(try Self.fault(schema, Array("1".utf8)) == "the document is nested too deeply to be checked")
        let aliases = (0..<2_000).map { ##""d\##($0)":{"$ref":"#/$defs/d\##($0 + 1)"}"## }
        let direct = ##"{"$ref":"#/$defs/d0","$defs":{\##(aliases.joined(separator: ",")),"d2000":{"const":1}}}"##
        #expect(try Self.fault(direct, Array("1".utf8)) == nil)
        #expect(try Self.fault(direct, Array("2".utf8)) == "the document must be 1 (const)")
    }

    /// Two alternatives a level make 2^100 ways through the document; under `not` the end of patience is no success.
    @Test(arguments: [
        ##"{"anyOf":[{"properties":{"a":{"$ref":"#"}},"required":["b"]},{"properties":{"a":{"$ref":"#"}},"required":["c"]}]}"##,
        ##"{"not":{"anyOf":[{"properties":{"a":{"$ref":"#"}},"required":["b"]},{"properties":{"a":{"$ref":"#"}},"required":["c"]}]}}"##,
        ##"{"oneOf":[{"properties":{"a":{"$ref":"#"}}},{"properties":{"a":{"$ref":"#"}}}]}"##,
    ])
    func alternativesThatMultiply(_ schema: String) throws {
        let text = Self.nested(100, open: #"{"a":"#, core: "{}", close: "}")
        #expect(
            try Self.fault(schema, text) == "the document takes too much work to be checked against this schema")
    }

    /// Each level compares all that is below it.
    @Test func uniqueItemsAtEveryLevel() throws {
        let numbers = (0..<30_000).map(String.init).joined(separator: ",")
        let text = Self.nested(120, open: "[", core: numbers, close: "]")
        #expect(
            try Self.fault(##"{"uniqueItems":true,"items":{"$ref":"#"}}"##, text)
                == "the document takes too much work to be checked against this schema")
        #expect(try Self.fault(#"{"items":{"uniqueItems":true}}"#, text) == nil)
    }

    @Test func schemaThatMultipliesInPlace() throws {
        let doubling = (0..<40).map {
            ##""d\##($0)":{"allOf":[{"$ref":"#/$defs/d\##($0 + 1)"},{"$ref":"#/$defs/d\##($0 + 1)"}]}"##
        }
        let schema = ##"{"$ref":"#/$defs/d0","$defs":{\##(doubling.joined(separator: ",")),"d40":{}}}"##
        #expect(
            try Self.fault(schema, Array("1".utf8))
                == "the document takes too much work to be checked against this schema")
    }

    @Test func catastrophicPattern() throws {
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: 10_000_000) + Array("!".utf8)
        for pattern in ["(a+)+$", "^(a|a)*$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(.*)*x"] {
            let check = try AnswerCheck(Expectation(.regex(pattern)))
            #expect(check.fault(in: text) == "the text does not match the pattern", "\(pattern)")
        }
        let check = try AnswerCheck(Expectation(.schema(#"{"pattern":"(a+)+$","maxLength":20000000}"#)))
        #expect(check.fault(in: [0x22] + text + [0x22]) == "the document must match the pattern (pattern)")
    }

    /// A pattern of thousands of instructions makes minutes of megabytes; it is not begun.
    @Test func patternWithManyInstructions() throws {
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        let check = try AnswerCheck(Expectation(.regex(".{1,1000}b")))
        #expect(check.fault(in: text) == "the text takes too much work to be searched for the pattern")
        #expect(check.fault(in: Array("ab".utf8)) == nil)
        let tooMuch = "the document takes too much work to be checked against this schema"
        #expect(try Self.fault(#"{"pattern":".{1,1000}b"}"#, [0x22] + text + [0x22]) == tooMuch)
        #expect(
            try Self.fault(#"{"patternProperties":{".{1,1000}b":{}}}"#, Array("{\"".utf8) + text + Array("\":1}".utf8))
                == tooMuch)
        // Many short strings add up, and alternatives do not start anew.
        let list = Array(
            ("[" + String(repeating: "\"\(String(repeating: "a", count: 99))\",", count: 3_000) + "1]").utf8)
        #expect(try Self.fault(#"{"items":{"not":{"pattern":".{1,1000}b"}}}"#, list) == tooMuch)
        #expect(try Self.fault(#"{"items":{"not":{"pattern":"b$"}}}"#, list)?.contains("/3000") == true)
    }

    @Test func largeDocuments() throws {
        let row = #"{"name":"x","tags":["a","b"],"score":0.5},"#
        let text = Array(("[" + String(repeating: row, count: 20_000) + "1]").utf8)
        let schema =
            #"{"items":{"type":["object","integer"],"required":["name"],"additionalProperties":false,"properties":"#
            + #"{"name":{"minLength":1},"tags":{"items":{"enum":["a","b"]},"uniqueItems":true},"score":{"minimum":0}}}}"#
        #expect(try Self.fault(schema, text) == nil)
        let members = (0..<50_000).map { "\"k\($0)\":1" }.joined(separator: ",")
        #expect(
            try Self.fault(#"{"additionalProperties":{"type":"string"}}"#, Array("{\(members)}".utf8))
                == "/* must be a string (type)")
        let digits = [UInt8](repeating: UInt8(ascii: "9"), count: 1_000_000)
        #expect(
            try Self.fault(#"{"multipleOf":7}"#, digits)
                == "the document is not a multiple of what the schema asks for (multipleOf)")
    }

    /// Random bytes and broken documents end in a fault or in nothing, and in the same each time.
    @Test func noise() throws {
        var random = Chance(state: 7)
        let check = try AnswerCheck(
            Expectation([.schema(#"{"type":"object","properties":{"a":{"format":"date"}}}"#), .regex("a.b")]))
        let seed = Array(#"{"a":"2024-01-02","b":[1,2.5e3,"\u00e9",null],"c":{"a":"axb"}}"#.utf8)
        for _ in 0..<2_000 {
            var text = seed
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                text[Int.random(in: text.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            text.removeLast(Int.random(in: 0...1, using: &random) * Int.random(in: 0..<text.count, using: &random))
            let fault = check.fault(in: text)
            #expect(check.fault(in: text) == fault)
            #expect(fault?.utf8.count ?? 0 <= AnswerCheck.longestFault)
        }
        #expect(check.fault(in: seed) == nil)
    }
}

import Testing

@testable import Sluice

@Suite struct AnswerCheckTests {
    struct Case: Sendable {
        let kinds: [Expectation.Kind]
        let text: String
        let fault: String?

        init(_ kinds: Expectation.Kind..., text: String, fault: String?) {
            self.kinds = kinds
            self.text = text
            self.fault = fault
        }
    }

    static let cases: [Case] = [
        Case(.json, text: " {\"a\": [1]}\n", fault: nil),
        Case(.json, text: "\"\\ud800\"", fault: nil),
        Case(.json, text: "1e400", fault: nil),
        Case(.json, text: "{\"a\":1,\"a\":2}", fault: nil),
        Case(.json, text: "", fault: "the text is empty"),
        Case(.json, text: " \n", fault: "the text is empty"),
        Case(.json, text: "```json\n{}\n```", fault: "the text is in a code fence"),
        Case(.json, text: "{\"secret\" 1}", fault: "the text is not JSON: expected ':' after the key at byte 11"),
        Case(.fields(["a", "b"]), text: "{\"b\":0,\"a\":\"\",\"c\":null}", fault: nil),
        Case(.fields(["a", "b"]), text: "{\"a\":1}", fault: "the document must have the member 'b'"),
        Case(.fields(["a"]), text: "{\"a\":null}", fault: "the member 'a' must not be null"),
        Case(.fields(["a"]), text: "{\"a\":1,\"a\":null}", fault: "the member 'a' must not be null"),
        Case(.fields(["a"]), text: "[\"a\"]", fault: "the document must be an object"),
        Case(.regex("^[A-D]$"), text: "B", fault: nil),
        Case(.regex("^[A-D]$"), text: "B\n", fault: "the text does not match the pattern"),
        Case(.regex("[A-D]"), text: "It is B.", fault: nil),
        Case(.regex("(?i)^yes"), text: "YES, it is", fault: nil),
        Case(.regex("^.$"), text: "é", fault: nil),
        Case(.regex(""), text: "", fault: nil),
        Case(.regex("a"), text: "", fault: "the text does not match the pattern"),
        Case(.json, .fields(["a"]), .regex("1"), text: "{\"a\":1}", fault: nil),
        Case(.json, .fields(["a"]), .regex("2"), text: "{\"a\":1}", fault: "the text does not match the pattern"),
        Case(.regex("1"), .fields(["b"]), text: "{\"a\":1}", fault: "the document must have the member 'b'"),
    ]

    @Test(arguments: cases) func fault(_ example: Case) throws {
        let check = try AnswerCheck(Expectation(example.kinds))
        #expect(check.fault(in: Array(example.text.utf8)) == example.fault)
        // Nothing is left behind for the next text.
        #expect(check.fault(in: Array(example.text.utf8)) == example.fault)
    }

    @Test(arguments: [.json, .regex("a"), .fields(["a"]), .schema("{}")] as [Expectation.Kind])
    func textThatIsNotUTF8(_ kind: Expectation.Kind) throws {
        let check = try AnswerCheck(Expectation(kind))
        #expect(check.fault(in: [0x22, 0x61, 0xFF, 0x22]) == "the text is not UTF-8")
        #expect(check.fault(in: [0x22, 0xED, 0xA0, 0x80, 0x22]) == "the text is not UTF-8")
    }

    static let refusals: [(Expectation.Kind, String)] = [
        (.fields([]), "must name a member"),
        (.regex("a("), "cannot be used as a pattern: missing ) at byte 1"),
        (.regex("x[z-a]"), "cannot be used as a pattern: invalid character class range at byte 3"),
        (
            .regex("x(?=a)"),
            "cannot be used as a pattern: invalid perl operator at byte 2 (RE2 has no look-around, no back-references "
                + "and no \\u; it writes \\x{00E9} and (?P<name>…))"
        ),
        (.regex(String(repeating: "a", count: 65_537)), "cannot be used as a pattern: longer than 64 KiB"),
        (.regex("((a{100}){100}){100}"), "cannot be used as a pattern: invalid repetition size at byte 4"),
    ]

    @Test(arguments: refusals) func refused(_ kind: Expectation.Kind, _ reason: String) {
        #expect(throws: ExpectationFault(reason: reason, kind: 1)) { try AnswerCheck(Expectation([.json, kind])) }
    }

    @Test func expectingNothingIsRefused() {
        #expect(throws: ExpectationFault(reason: "nothing is expected")) { try AnswerCheck(Expectation([])) }
    }

    @Test func faultsAreShort() throws {
        let name = String(repeating: "é\u{202E}", count: 400)
        let schema = #"{"properties":{"\#(name)":{"properties":{"\#(name)":{"required":["\#(name)"]}}}}}"#
        let check = try AnswerCheck(Expectation(.schema(schema)))
        let fault = try #require(check.fault(in: Array("{\"\(name)\":{\"\(name)\":{}}}".utf8)))
        #expect(fault.utf8.count <= AnswerCheck.longestFault)
        #expect(fault.contains("(required)"))
        #expect(!fault.unicodeScalars.contains("\u{202E}"))
        let long = try AnswerCheck(Expectation(.schema(#"{"enum":["\#(String(repeating: "x", count: 200))","y"]}"#)))
        #expect(long.fault(in: [0x31]) == "the document must be one of the schema's values (enum)")
    }

    /// What the model wrote is never in a fault.
    @Test(arguments: [
        #"{"zebra":1}"#, #"{"a":"zebra"}"#, #"{"a":{"zebra":1}}"#, "zebra", #"{"a":1,"zebra":{"zebra":"zebra"}}"#,
    ])
    func faultsQuoteNoAnswer(_ text: String) throws {
        let schema =
            #"{"type":"object","required":["b"],"properties":{"a":{"enum":[1]}},"additionalProperties":{"type":"null"}}"#
        let fault = try #require(try AnswerCheck(Expectation(.schema(schema))).fault(in: Array(text.utf8)))
        #expect(!fault.contains("zebra"))
    }
}

import JSON
import Testing

@Suite struct JSONValueTests {
    private func parse(_ text: String) throws -> JSONValue { try JSONParser().parse(Array(text.utf8)) }

    @Test func membersAreFoundByKey() throws {
        let value = try parse(#"{"a":1,"b":{"a":2,"c":[3]},"é":4,"":5,"a":6,"esc\"aped\u0041":7}"#)
        #expect(value.kind == .object)
        #expect(value.count == 6)
        #expect(value["a"]?.integer == 6, "the last of repeated keys wins")
        #expect(value["b"]?["a"]?.integer == 2)
        #expect(value["b"]?["c"]?[0]?.integer == 3)
        #expect(value["é"]?.integer == 4)
        #expect(value[""]?.integer == 5)
        #expect(value["esc\"apedA"]?.integer == 7)
        #expect(value["c"] == nil)
        #expect(value["esc"] == nil)
        #expect(value[0] == nil)
        #expect(value["a"]?["a"] == nil)
    }

    @Test func elementsAreFoundByPosition() throws {
        let value = try parse(#"[[1,[2]],{"a":[3]},"x",null]"#)
        #expect(value.count == 4)
        #expect(value[0]?[1]?[0]?.integer == 2)
        #expect(value[1]?["a"]?[0]?.integer == 3)
        #expect(value[2]?.string == "x")
        #expect(value[3]?.isNull == true)
        #expect(value[4] == nil)
        #expect(value[-1] == nil)
        #expect(value["a"] == nil)
        #expect(value.elements.map(\.kind) == [.array, .object, .string, .null])
        #expect(Array(value.members).isEmpty)
    }

    @Test func membersComeInWrittenOrder() throws {
        let value = try parse(#"{"z":[1,2],"a":{"b":3},"z":true}"#)
        #expect(value.members.map { $0.key.string } == ["z", "a", "z"])
        #expect(
            value.members.map { String(decoding: $0.value.rawBytes, as: UTF8.self) } == ["[1,2]", #"{"b":3}"#, "true"])
        #expect(Array(value.elements).isEmpty)
        #expect(try Array(parse("{}").members).isEmpty)
    }

    @Test func rawBytesAreAsWritten() throws {
        let text = "  {\"a\" : [ 1.50 , 2e0 ],\"b\":\"\\u00e9\" ,\"c\":12345678901234567890123 }  "
        let value = try parse(text)
        #expect(value.range == 2..<text.utf8.count - 2)
        #expect(value["a"]?.rawBytes == Array("[ 1.50 , 2e0 ]".utf8))
        #expect(value["b"]?.rawBytes == Array(#""\u00e9""#.utf8))
        #expect(value["c"]?.rawBytes == Array("12345678901234567890123".utf8))
        #expect(value["c"]?.withRawBytes { $0.count } == 23)
        var target = Array("x".utf8)
        value["a"]?.appendRaw(to: &target)
        #expect(target == Array("x[ 1.50 , 2e0 ]".utf8))
    }

    /// Strings that are written as they would be written again, and strings that are not, by what the two ways come to.
    @Test func aStringSaysWhetherItIsWrittenTheUsualWay() throws {
        let pieces = [
            "a", "bc ", #"\n"#, #"\""#, #"\\\\"#, #"\/"#, #"\u0000"#, #"\u001f"#, #"\u001F"#, #"\u000a"#, #"\u000B"#,
            #"\u000b"#,
            #"\u0041"#, #"\u00e9"#, #"\ud83d\ude00"#, #"\ud800"#, #"\t"#, #"\b"#, #"\f"#, #"\r"#, "é", "u00", "\u{7F}",
            "/",
        ]
        var random = SeededGenerator(11)
        let parser = JSONParser()
        var found = (usual: 0, other: 0)
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...5, using: &random)).map { _ in pieces.randomElement(using: &random) ?? ""
            }
            let written = Array("\"\(text.joined())\"".utf8)
            let value = try parser.parse(written)
            var again: [UInt8] = []
            JSONText.appendString(value.string ?? "", to: &again)
            let isUsual = value.isStringAsWritten
            #expect(isUsual == (again == written), "\(text.joined())")
            if isUsual { found.usual += 1 } else { found.other += 1 }
        }
        #expect(found.usual > 1000 && found.other > 1000)
        for other in ["1", "[]", "null", "{}", "true"] { #expect(try !parse(other).isStringAsWritten) }
    }

    static let strings: [(String, String)] = [
        (#""""#, ""), (#""plain""#, "plain"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041b""#, "Ab"),
        (#""\u00e9\u20AC""#, "é€"), (#""\ud83d\uDE00!""#, "😀!"), (#""\ud83d""#, "\u{FFFD}"),
        (#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}"),
        (#""\ud83dx""#, "\u{FFFD}x"), (#""\ud83d\n""#, "\u{FFFD}\n"), (#""\ud83d\u0041""#, "\u{FFFD}A"),
        (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
        (#""a\u0000b""#, "a\0b"), (#""é\n😀""#, "é\n😀"), (#""\\n""#, "\\n"), (#""\\\\\"""#, "\\\\\""),
    ]

    @Test(arguments: strings) func stringsAreDecoded(_ text: String, as expected: String) throws {
        let value = try parse("[\(text)]")
        let string = try #require(value[0])
        #expect(string.string == expected)
        var target = Array("> ".utf8)
        #expect(string.appendString(to: &target))
        #expect(target == Array("> ".utf8) + Array(expected.utf8))
        #expect(string.withText { Array($0) } == Array(expected.utf8))
        #expect(string.isString(expected))
        #expect(!string.isString(expected + "x"))
        #expect(!string.isString("y" + expected))
        #expect(!string.isString("something else"))
    }

    @Test func otherKindsAreNotStrings() throws {
        let value = try parse(#"[1,null,true,{},[]]"#)
        for element in value.elements {
            var target: [UInt8] = [1]
            #expect(element.string == nil)
            #expect(element.withText { $0.count } == nil)
            #expect(!element.appendString(to: &target))
            #expect(target == [1])
            #expect(!element.isString(""))
        }
    }

    static let numbers: [(String, Int64?, Double)] = [
        ("0", 0, 0), ("-0", 0, -0.0), ("12", 12, 12), ("-12", -12, -12), ("1.5", nil, 1.5), ("1e3", nil, 1000),
        ("1.0", nil, 1),
        ("999999999999999999", 999_999_999_999_999_999, 1e18), ("-99999999999999999", -99_999_999_999_999_999, -1e17),
        ("1000000000000000000", 1_000_000_000_000_000_000, 1e18),
        ("-1000000000000000000", -1_000_000_000_000_000_000, -1e18),
        ("10000000000000000.5", nil, 1e16),
        ("9223372036854775807", .max, 9.223372036854776e18), ("-9223372036854775808", .min, -9.223372036854776e18),
        ("9223372036854775808", nil, 9.223372036854776e18), ("-9223372036854775809", nil, -9.223372036854776e18),
        ("123456789012345678901234567890", nil, 1.2345678901234568e29), ("1e999", nil, .infinity),
        ("-1e999", nil, -.infinity),
        ("1e-999", nil, 0), ("9007199254740993", 9_007_199_254_740_993, 9_007_199_254_740_992), ("0.1", nil, 0.1),
        ("5e-324", nil, .leastNonzeroMagnitude), ("1.7976931348623157e308", nil, 1.7976931348623157e308),
    ]

    @Test(arguments: numbers) func numbersAreRead(_ text: String, integer: Int64?, double: Double) throws {
        let value = try parse(text)
        #expect(value.integer == integer)
        #expect(value.double == double)
        #expect(value.double?.sign == double.sign)
        #expect(value.string == nil)
        #expect(value.bool == nil)
    }

    @Test func truthIsRead() throws {
        let value = try parse("[true,false,null,\"true\"]")
        #expect(value.elements.map(\.bool) == [true, false, nil, nil])
        #expect(value.elements.map(\.isNull) == [false, false, true, false])
        #expect(value.elements.map(\.integer) == [nil, nil, nil, nil])
        #expect(value.elements.map(\.double) == [nil, nil, nil, nil])
    }

    @Test func aFailedParseLeavesTheParserUsable() throws {
        let parser = JSONParser()
        #expect(throws: JSONError.self) { try parser.parse(Array("{\"a\":".utf8)) }
        #expect(try parser.parse(Array("{\"a\":1}".utf8)[...])["a"]?.integer == 1)
        #expect(try Array("[7]".utf8).withUnsafeBytes { try parser.parse($0) }[0]?.integer == 7)
    }
}

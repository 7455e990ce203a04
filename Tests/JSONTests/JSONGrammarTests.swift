import JSON
import Testing

/// What is a document and what is not, in the manner of the well-known parsing suites.
@Suite struct JSONGrammarTests {
    static let accepted: [String] = [
        "{}", "[]", "[[]]", "[{}]", "{\"a\":{}}", "0", "-0", "1", "-1", "true", "false", "null", "\"\"", "\"a\"", " 1 ",
        "\t\r\n[ ]\n", "{ \"a\" : 1 , \"b\" : [ true , null ] }", "[1,2,3]", "[\"a\",\"b\"]", "{\"a\":1,\"a\":2}",
        "{\"\":0}",
        "0.5", "-0.5", "1.0", "1e1", "1E1", "1e+1", "1e-1", "1.5E+10", "0e0", "0.0e-0", "-0e1", "123456789",
        "123456789012345678901234567890", "-123456789012345678901234567890", "1e999", "-1e999", "1e-999",
        "0.00000000000000000000000000000000000001", #"["\"\\\/\b\f\n\r\t"]"#, #""\u0041""#, #""\uD83D\uDE00""#,
        #""\ud800""#, #""\udc00\ud800""#, #""\u0000""#, #""\uFFFF""#, "\"é€😀\"", "\"\u{2028}\u{7F}\"", "[\"é\"]",
        #""\\""#, #""\\\"""#, #""\\\\""#, #"{"\"":"\\"}"#, "[\"[\",\"{\",\",\",\":\",\"}\"]", "[1 ,2]", "[1\n,2\t]",
        "[[[[[[[[[[]]]]]]]]]]", "{\"a\":[{\"b\":[{}]}]}", "\"\u{FEFF}\"", "[\"a b\"]", "[0,-0,0.0]",
        "[true,false,null]",
    ]

    static let rejected: [(text: String, offset: Int, reason: String)] = [
        ("", 0, "empty text"),
        (" \n ", 3, "empty text"),
        ("{", 1, "unexpected end of text"),
        ("[", 1, "unexpected end of text"),
        ("[1", 2, "unexpected end of text"),
        ("[1,", 3, "unexpected end of text"),
        ("{\"a\"", 4, "unexpected end of text"),
        ("{\"a\":", 5, "unexpected end of text"),
        ("{\"a\":1", 6, "unexpected end of text"),
        ("{\"a\":1,", 7, "unexpected end of text"),
        ("\"", 0, "string is not closed"),
        ("\"a\\\"", 0, "string is not closed"),
        ("[\"a", 1, "string is not closed"),
        ("[\"a\\", 1, "string is not closed"),
        ("{\"a\":\"b}", 5, "string is not closed"),
        ("{\"a\": \"b, \"c\": 1}", 11, "expected ',' or '}' after the value"),
        ("}", 0, "expected a value"),
        ("]", 0, "expected a value"),
        (",", 0, "expected a value"),
        ("[,]", 1, "expected a value"),
        ("[1,]", 3, "expected a value"),
        ("[1,,2]", 3, "expected a value"),
        ("{\"a\":}", 5, "expected a value"),
        ("{\"a\":,}", 5, "expected a value"),
        ("{\"a\"::1}", 5, "expected a value"),
        ("{,}", 1, "expected a key in double quotes"),
        ("{a:1}", 1, "expected a key in double quotes"),
        ("{'a':1}", 1, "expected a key in double quotes"),
        ("{1:1}", 1, "expected a key in double quotes"),
        ("{\"a\":1,}", 7, "expected a key in double quotes after ','"),
        ("{\"a\":1,b:2}", 7, "expected a key in double quotes after ','"),
        ("{\"a\" 1}", 5, "expected ':' after the key"),
        ("{\"a\",1}", 4, "expected ':' after the key"),
        ("{\"a\"\"b\"}", 4, "expected ':' after the key"),
        ("{\"a\":1 \"b\":2}", 7, "expected ',' or '}' after the value"),
        ("{\"a\":1]", 6, "expected ',' or '}' after the value"),
        ("{\"a\":\"b\"c}", 8, "expected ',' or '}' after the value"),
        ("[1 2]", 3, "expected ',' or ']' after the value"),
        ("[1}", 2, "expected ',' or ']' after the value"),
        ("[\"a\"\"b\"]", 4, "expected ',' or ']' after the value"),
        ("[\"a\"b]", 4, "expected ',' or ']' after the value"),
        ("[\"a\"\\\"b\"]", 4, "expected ',' or ']' after the value"),
        ("[1:2]", 2, "expected ',' or ']' after the value"),
        ("1 2", 2, "unexpected text after the document"),
        ("{}{}", 2, "unexpected text after the document"),
        ("[]]", 2, "unexpected text after the document"),
        ("{} x", 3, "unexpected text after the document"),
        ("true,", 4, "unexpected text after the document"),
        ("'a'", 0, "strings need double quotes"),
        ("tru", 0, "not a JSON value"),
        ("True", 0, "not a JSON value"),
        ("nul", 0, "not a JSON value"),
        ("nullx", 0, "not a JSON value"),
        ("true\"\"", 0, "not a JSON value"),
        ("NaN", 0, "not a JSON value"),
        ("Infinity", 0, "not a JSON value"),
        ("undefined", 0, "not a JSON value"),
        ("// a", 0, "not a JSON value"),
        ("[1, /* a */ 2]", 4, "not a JSON value"),
        ("\\\"a\"", 0, "not a JSON value"),
        ("\\", 0, "not a JSON value"),
        ("\u{0C}1", 0, "not a JSON value"),
        ("\u{0B}1", 0, "not a JSON value"),
        ("\u{1A}", 0, "not a JSON value"),
        ("\0", 0, "not a JSON value"),
        ("[1\0]", 2, "unexpected character in a number"),
        ("1\0", 1, "unexpected character in a number"),
        ("[\0", 1, "not a JSON value"),
        ("\u{A0}1", 0, "not a JSON value"),
        ("\u{FEFF}{}", 0, "starts with a byte order mark"),
        ("\u{FEFF}", 0, "starts with a byte order mark"),
        ("+1", 0, "number starts with '+'"),
        (".5", 0, "number has no digit before the point"),
        ("01", 0, "number has a leading zero"),
        ("[-01]", 1, "number has a leading zero"),
        ("00", 0, "number has a leading zero"),
        ("-", 1, "unexpected end of text"),
        ("[-]", 2, "number has no digit after '-'"),
        ("-a", 1, "number has no digit after '-'"),
        ("--1", 1, "number has no digit after '-'"),
        ("-Infinity", 1, "number has no digit after '-'"),
        ("1.", 2, "unexpected end of text"),
        ("[1.]", 3, "number has no digit after the point"),
        ("[1.e1]", 3, "number has no digit after the point"),
        ("[1e]", 3, "number has no digit in its exponent"),
        ("[1e+]", 4, "number has no digit in its exponent"),
        ("[1e1.5]", 4, "unexpected character in a number"),
        ("[1.5.5]", 4, "unexpected character in a number"),
        ("[1a]", 2, "unexpected character in a number"),
        ("[0x10]", 2, "unexpected character in a number"),
        ("[1\"a\"]", 2, "unexpected character in a number"),
        ("1\\\"", 1, "unexpected character in a number"),
        (#"["\x"]"#, 2, "unknown escape in a string"),
        (#"["\'"]"#, 2, "unknown escape in a string"),
        (#"["\ "]"#, 2, "unknown escape in a string"),
        (#"["\U0041"]"#, 2, "unknown escape in a string"),
        (#"["\u"]"#, 2, #"\u needs four hexadecimal digits"#),
        (#"["\u004"]"#, 2, #"\u needs four hexadecimal digits"#),
        (#"["\u00g0"]"#, 2, #"\u needs four hexadecimal digits"#),
        (#"["ok\n\u12"]"#, 6, #"\u needs four hexadecimal digits"#),
        (#"{"\q":1}"#, 2, "unknown escape in a string"),
        ("[\"a\nb\"]", 3, "control character in a string"),
        ("[\"\t\"]", 2, "control character in a string"),
        ("[\"\0\"]", 2, "control character in a string"),
        ("[\"\\\n\"]", 3, "control character in a string"),
        ("[\"\u{1F}\"]", 2, "control character in a string"),
        ("[x, \"\t\"]", 1, "not a JSON value"),
        ("[\"a\" \"\t\"]", 6, "control character in a string"),
    ]

    @Test(arguments: accepted) func accepts(_ text: String) throws {
        _ = try JSONParser().parse(Array(text.utf8))
    }

    @Test(arguments: rejected) func rejects(_ text: String, at offset: Int, because reason: String) {
        #expect(throws: JSONError(offset: offset, reason: reason)) { try JSONParser().parse(Array(text.utf8)) }
    }

    /// The first stage works in blocks of 64 bytes: every case must do as well at every place in a block.
    @Test func placesInABlockDoNotMatter() throws {
        let parser = JSONParser()
        for shift in [1, 31, 55, 60, 61, 62, 63, 64, 65, 120, 125, 126, 127, 128, 129] {
            let space = [UInt8](repeating: 0x20, count: shift)
            for text in Self.accepted { _ = try parser.parse(space + Array(text.utf8)) }
            for (text, offset, reason) in Self.rejected where !text.hasPrefix("\u{FEFF}") {
                #expect(throws: JSONError(offset: offset + shift, reason: reason)) {
                    try parser.parse(space + Array(text.utf8))
                }
            }
        }
    }

    static let notUTF8: [(bytes: [UInt8], offset: Int)] = [
        ([0x22, 0xFF, 0x22], 1), ([0x22, 0x61, 0x80, 0x22], 2), ([0x22, 0xC3, 0x22], 1), ([0x22, 0xC0, 0x80, 0x22], 1),
        ([0x22, 0xE0, 0x80, 0x80, 0x22], 1), ([0x22, 0xED, 0xA0, 0x80, 0x22], 1), ([0x22, 0xF0, 0x9F, 0x98, 0x22], 1),
        ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], 1), ([0x22, 0xF8, 0x88, 0x80, 0x80, 0x80, 0x22], 1),
        ([0x5B, 0x31, 0x2C, 0xFF, 0x5D], 3), ([0x5B, 0x31, 0xFF, 0x5D], 2),
        ([0x7B, 0x22, 0xFE, 0x22, 0x3A, 0x31, 0x7D], 2),
        ([0x22, 0x61, 0x22, 0xC3], 3), ([0xFF, 0xFE, 0x7B, 0x00], 0), ([0x22, 0xE2, 0x82], 1), ([0xC3], 0),
    ]

    @Test(arguments: notUTF8) func refusesOtherEncodings(_ bytes: [UInt8], at offset: Int) {
        #expect(throws: JSONError(offset: offset, reason: "not UTF-8")) { try JSONParser().parse(bytes) }
    }

    @Test func depthIsBounded() throws {
        func nested(_ depth: Int, _ open: String, _ close: String) -> [UInt8] {
            Array((String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)).utf8)
        }
        let parser = JSONParser()
        _ = try parser.parse(nested(128, "[", "]"))
        _ = try parser.parse(nested(128, "{\"a\":", "}"))
        #expect(throws: JSONError(offset: 128, reason: "nested deeper than 128")) {
            try parser.parse(nested(129, "[", "]"))
        }
        #expect(throws: JSONError(offset: 640, reason: "nested deeper than 128")) {
            try parser.parse(nested(129, "{\"a\":", "}"))
        }
        #expect(throws: JSONError(offset: 3, reason: "nested deeper than 3")) {
            try JSONParser(maximumDepth: 3).parse(nested(4, "[", "]"))
        }
        #expect(throws: JSONError(offset: 128, reason: "nested deeper than 128")) {
            try parser.parse([UInt8](repeating: UInt8(ascii: "["), count: 1 << 20))
        }
        _ = try JSONParser(maximumDepth: 0).parse(Array("1".utf8))
        #expect(throws: JSONError.self) { try JSONParser(maximumDepth: 0).parse(Array("[]".utf8)) }
    }
}

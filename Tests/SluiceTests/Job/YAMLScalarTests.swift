import Testing

@testable import Sluice

@Suite struct YAMLScalarTests {
    @Test(arguments: [
        ("", YAMLScalar.null), ("~", .null), ("null", .null), ("NULL", .null), ("nULL", .string("nULL")),
        ("true", .bool(true)), ("False", .bool(false)), ("tRUE", .string("tRUE")),
        ("1e-7", .number("1e-7")), ("9007199254740993", .number("9007199254740993")), ("0.20", .number("0.20")),
        ("-0", .number("-0")), ("1E+5", .number("1E+5")),
        ("123456789012345678901234567890", .number("123456789012345678901234567890")),
        (".5", .number("0.5")), ("-.5", .number("-0.5")), ("+1", .number("1")), ("5.", .number("5.0")),
        ("5.e3", .number("5.0e3")), ("+.5e-3", .number("0.5e-3")),
        ("1.2.3", .string("1.2.3")), ("2024-01-01", .string("2024-01-01")), ("12:30", .string("12:30")),
        ("0x", .string("0x")), ("0xZZ", .string("0xZZ")), ("1e", .string("1e")), ("-", .string("-")),
        ("+", .string("+")),
        (".", .string(".")), ("...", .string("...")), ("gpt-5.2", .string("gpt-5.2")),
        ("5.2-mini", .string("5.2-mini")),
        ("y", .string("y")), ("n", .string("n")), ("- 1", .string("- 1")), ("_1", .string("_1")),
        ("0o9", .string("0o9")),
        ("007a", .string("007a")),
    ])
    func plainScalars(text: String, value: YAMLScalar) throws {
        #expect(try YAMLScalar.core(text) == value)
    }

    @Test(arguments: [
        ("yes", "this is text to some YAML readers and true to others; write true, or put it in quotes"),
        ("On", "this is text to some YAML readers and true to others; write true, or put it in quotes"),
        ("NO", "this is text to some YAML readers and false to others; write false, or put it in quotes"),
        (".inf", "JSON has no such number; put it in quotes if it is text"),
        ("-.INF", "JSON has no such number; put it in quotes if it is text"),
        (".NaN", "JSON has no such number; put it in quotes if it is text"),
        ("0x10", "write this number in decimal, or put it in quotes if it is text"),
        ("0o17", "write this number in decimal, or put it in quotes if it is text"),
        ("1_000", "write this number without '_', or put it in quotes if it is text"),
        ("007", "JSON numbers have no leading zeros; remove them, or put this in quotes if it is text"),
        ("00", "JSON numbers have no leading zeros; remove them, or put this in quotes if it is text"),
        ("-01.5", "JSON numbers have no leading zeros; remove them, or put this in quotes if it is text"),
    ])
    func ambiguousScalarsAreRefused(text: String, reason: String) {
        #expect(throws: YAMLScalar.Fault(reason: reason)) { try YAMLScalar.core(text) }
    }
}

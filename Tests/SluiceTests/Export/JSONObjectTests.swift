import Testing

@testable import Sluice

@Suite struct JSONObjectTests {
    @Test(arguments: [0, 9, 10, 99, 100, 999, 1000, 1001, 9999, 10_000, 123_456, -1, -10, .max, .min])
    func aNumberIsWrittenAsItIs(_ number: Int) {
        var object = JSONObject()
        object.add("n", number)
        #expect(String(decoding: object.closed(), as: UTF8.self) == "{\"n\":\(number)}")
    }

    @Test func anObjectGoesBehindWhatTheBufferHolds() {
        var text = TextBuffer(capacity: 0)
        text.append("before " as StaticString)
        JSONObject.append(to: &text) {
            $0.add("inner") { $0.add("a", 1) }
            $0.add("empty") { _ in }
            $0.add("last", true)
        }
        #expect(String(decoding: text.bytes, as: UTF8.self) == #"before {"inner":{"a":1},"empty":{},"last":true}"#)
    }
}

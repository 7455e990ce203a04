import Testing

@testable import Sluice

@Suite struct HTTPHeadersTests {
    private func headers(_ text: String) -> HTTPHeaders { HTTPHeaders(block: Array(text.utf8)) }

    @Test func findsNamesWithoutCaseAndTrimsValues() {
        let headers = headers("HTTP/1.1 200 OK\r\nX-Request-ID:  abc \t\r\nA:b:c\r\n\r\n")
        #expect(headers.text("x-request-id") == "abc")
        #expect(headers.text("a") == "b:c")
        #expect(headers.text("x-request") == nil)
        #expect(headers.text("http/1.1 200 ok") == nil)
    }

    @Test func firstAndLastOfRepeatedLines() {
        let headers = headers("a: 1\nA: 2\na: 3")
        #expect(headers.first("a")?.elementsEqual("1".utf8) == true)
        #expect(headers.last("a")?.elementsEqual("3".utf8) == true)
        #expect(headers.fields.map { String(decoding: headers.block[$0.value], as: UTF8.self) } == ["1", "2", "3"])
    }

    @Test func onlyTheLastHeadCounts() {
        let headers = headers("HTTP/1.1 100 Continue\r\nA: interim\r\n\r\nHTTP/2 200\r\nb: final\r\n\r\n")
        #expect(headers.text("a") == nil)
        #expect(headers.text("b") == "final")
    }

    @Test(arguments: ["", "\r\n", "no colon\r\n", ": value\r\n", "a b: c\r\n", " folded: x\r\n", "\u{0}: x"])
    func skipsWhatIsNoField(text: String) {
        #expect(Array(headers(text).fields).isEmpty)
    }

    @Test func valuesAreFitToBeShown() {
        let headers = HTTPHeaders(block: Array("a: x\u{1B}[31my\u{7}\nb:  \nc: ".utf8) + [0xFF, 0x41])
        #expect(headers.text("a") == "x[31my")
        #expect(headers.text("b") == nil)
        #expect(headers.text("c") == "\u{FFFD}A")
    }
}

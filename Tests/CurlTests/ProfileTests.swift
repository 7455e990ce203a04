import Curl
import Testing

@Suite("Profiles, header lines and limits")
struct ProfileTests {
    @Test(
        "URLs that cannot be used",
        arguments: ["", "api.example.com", "ftp://example.com/", "file:///etc/passwd", "http://", "http://a b/", "x"])
    func badURL(url: String) {
        #expect(throws: CurlError.self) { try profile(url) }
    }

    @Test(
        "URLs that can",
        arguments: [
            "http://localhost:1/", "HTTPS://api.example.com/v1?a=b", "http://[::1]:8000/v1", "http://ü.example/",
        ])
    func goodURL(url: String) throws {
        #expect(try profile(url).url == url)
    }

    @Test(
        "Header lines that cannot be sent; the message has the name and no value",
        arguments: [
            ("no colon secret", "?"), (": secret", "?"), ("Bad Name: secret", "?"), ("X: secret\r\nY: 1", "X"),
            ("X: secret\n", "X"), ("X: secret\0", "X"), ("Content-Length: 1", "Content-Length"),
            ("transfer-encoding: chunked", "transfer-encoding"), ("Expect: 100-continue", "Expect"),
            ("Connection: close", "Connection"),
        ])
    func badHeader(line: String, name: String) {
        let error = #expect(throws: CurlError.self) {
            try profile("http://localhost/", headers: [line])
        }
        guard case .invalidHeader(let reported, _)? = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(reported == name)
        #expect(error?.description.contains("secret") == false)
    }

    @Test("A description shows neither credentials nor query nor headers")
    func description() throws {
        let profile = try profile(
            "https://user:pass@example.com:8443/v1/x?key=1", headers: ["Authorization: Bearer sk"])
        #expect("\(profile)" == "POST https://example.com:8443/v1/x")
    }

    @Test("Header fields in order, without folded lines")
    func fields() {
        let block = "HTTP/1.1 200 OK\r\nA: 1\r\n folded\r\nb:2 \r\nC\t: 3\r\nEmpty:\r\nno colon\r\nA: 4\r\n"
        let fields = HeaderFields(bytes: Array(block.utf8))
        #expect(fields.map(\.name) == ["A", "b", "C\t", "Empty", "A"])
        #expect(fields.map(\.value) == ["1", "2", "3", "", "4"])
        #expect(fields.first("a") == "1")
        #expect(fields.first("B") == "2")
        #expect(fields.first("empty") == "")
        #expect(fields.first("HTTP/1.1 200 OK") == nil)
        #expect(fields.first("") == nil)
    }

    @Test("The limit on open files is never lowered")
    func openFiles() throws {
        _ = openFilesAllowed  // raised now or before, and not meanwhile by another test
        let before = try #require(OpenFiles.softLimit)
        #expect(OpenFiles.raiseSoftLimit(atLeast: 1) == before)
        #expect(OpenFiles.raiseSoftLimit(atLeast: before) == before)
    }
}

import Testing

@testable import Sluice

@Suite struct RetryAfterTests {
    static let now = DateTextTests.example

    @Test(arguments: [
        ("Retry-After: 20", Duration.seconds(20)),
        ("retry-after: 1.5", .milliseconds(1500)),
        ("Retry-After: 20\nretry-after-ms: 750", .milliseconds(750)),
        ("Retry-After: 20\nretry-after-ms: nonsense", .seconds(20)),
        ("Retry-After: Sun, 06 Nov 1994 08:50:07 GMT", .seconds(30)),
        ("RETRY-AFTER: Sunday, 06-Nov-94 08:50:07 GMT", .seconds(30)),
        ("Retry-After: -1\nRetry-After: 604800", .seconds(604_800)),
    ])
    func readsTheWait(block: String, expected: Duration) {
        #expect(RetryAfter.read(HTTPHeaders(block: Array(block.utf8)), now: Self.now) == expected)
    }

    @Test(arguments: [
        "", "0", "-5", "NaN", "inf", "1e3", "604801", "99999999999999999999", "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1993 08:49:37 GMT", "Sun, 06 Nov 2094 08:49:37 GMT", "soon",
    ])
    func ignoresNonsense(value: String) {
        #expect(RetryAfter.read(HTTPHeaders(["Retry-After": value]), now: Self.now) == nil)
    }
}

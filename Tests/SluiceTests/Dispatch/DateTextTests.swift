import Testing

@testable import Sluice

@Suite struct DateTextTests {
    /// Sunday, 6 November 1994, 08:49:37 UTC: the example of RFC 9110.
    static let example: Int64 = 784_111_777_000
    static let now: Int64 = 1_763_979_456_000

    @Test(arguments: [
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        "sun, 6 nov 1994 08:49:37 gmt",
    ])
    func readsEveryFormOfHTTP(text: String) {
        #expect(DateText.http(Array(text.utf8)[...], now: Self.now) == Self.example)
    }

    @Test(
        arguments: [
            ("Thu, 29 Feb 2024 00:00:00 GMT", 1_709_164_800_000), ("Fri, 31 Dec 1999 23:59:60 GMT", 946_684_800_000),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Monday, 24-Nov-25 10:17:36 GMT", 1_763_979_456_000),
        ] as [(String, Int64)])
    func countsDays(text: String, expected: Int64) {
        #expect(DateText.http(Array(text.utf8)[...], now: Self.now) == expected)
    }

    @Test(arguments: [
        "", "soon", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT",
        "Wed, 29 Feb 2023 00:00:00 GMT", "Sun, 06 Now 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 0 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 99999 08:49:37 GMT",
    ])
    func refusesOtherText(text: String) {
        #expect(DateText.http(Array(text.utf8)[...], now: Self.now) == nil)
    }

    @Test(
        arguments: [
            ("2025-11-24T10:17:36Z", 1_763_979_456_000), ("2025-11-24T10:17:36.25Z", 1_763_979_456_250),
            ("2025-11-24t11:17:36+01:00", 1_763_979_456_000), ("2025-11-24T04:47:36.1239-05:30", 1_763_979_456_123),
        ] as [(String, Int64)])
    func readsRFC3339(text: String, expected: Int64) {
        #expect(DateText.rfc3339(Array(text.utf8)[...]) == expected)
    }

    @Test(arguments: [
        "", "2025-11-24", "2025-11-24T10:17:36", "2025-13-24T10:17:36Z", "2025-11-24T10:17:36+1:00",
        "2025-11-24T10:17:36.Z", "2025-11-24 10:17:36Z", "2025-11-24T10:17:36+25:00",
    ])
    func refusesOtherTimestamps(text: String) {
        #expect(DateText.rfc3339(Array(text.utf8)[...]) == nil)
    }
}

import Testing

@testable import Sluice

@Suite struct RateLimitHeadersTests {
    typealias Window = RateLimitHeaders.Window
    static let now = DateTextTests.now

    @Test func readsOpenAI() {
        let limits = RateLimitHeaders(
            HTTPHeaders([
                "x-ratelimit-limit-requests": "10000", "x-ratelimit-remaining-requests": "9999",
                "x-ratelimit-reset-requests": "6ms", "X-RateLimit-Limit-Tokens": "30000000",
                "X-RateLimit-Remaining-Tokens": "29999985", "X-RateLimit-Reset-Tokens": "6m0s",
                "x-ratelimit-remaining-project-tokens": "12",
            ]), now: Self.now)
        #expect(limits.requests == Window(limit: 10000, remaining: 9999, reset: .milliseconds(6)))
        #expect(limits.tokens == Window(limit: 30_000_000, remaining: 29_999_985, reset: .seconds(360)))
        #expect(limits.projectTokens == Window(remaining: 12))
        #expect(limits.retryAfter == nil)
    }

    @Test func readsAzureAndIgnoresNegatives() {
        let limits = RateLimitHeaders(
            HTTPHeaders([
                "x-ratelimit-remaining-requests": "-1", "x-ratelimit-remaining-tokens": "0",
                "x-ratelimit-reset-requests": "10", "x-ratelimit-limit-tokens": "many", "retry-after-ms": "2500",
                "retry-after": "3",
            ]), now: Self.now)
        #expect(limits.requests == Window(reset: .seconds(10)))
        #expect(limits.tokens == Window(remaining: 0))
        #expect(limits.retryAfter == .milliseconds(2500))
    }

    @Test func readsAnthropic() {
        let limits = RateLimitHeaders(
            HTTPHeaders([
                "anthropic-ratelimit-requests-limit": "50", "anthropic-ratelimit-requests-remaining": "49",
                "anthropic-ratelimit-requests-reset": "2025-11-24T10:18:36Z",
                "anthropic-ratelimit-input-tokens-remaining": "8000",
                "anthropic-ratelimit-output-tokens-reset": "2025-11-24T10:17:35Z",
                "anthropic-ratelimit-tokens-limit": "90000", "anthropic-ratelimit-unified-status": "allowed",
            ]), now: Self.now)
        #expect(limits.requests == Window(limit: 50, remaining: 49, reset: .seconds(60)))
        #expect(limits.inputTokens == Window(remaining: 8000))
        #expect(limits.outputTokens == Window(reset: .zero))
        #expect(limits.tokens == Window(limit: 90000))
    }

    @Test func bareNamesCountAsRequests() {
        let bare: KeyValuePairs = [
            "X-RateLimit-Limit": "20", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1763979460000",
        ]
        #expect(
            RateLimitHeaders(HTTPHeaders(bare), now: Self.now).requests
                == Window(limit: 20, remaining: 0, reset: .seconds(4)))
        let both: KeyValuePairs = ["X-RateLimit-Limit": "20", "x-ratelimit-limit-requests": "30"]
        #expect(RateLimitHeaders(HTTPHeaders(both), now: Self.now).requests == Window(limit: 30))
    }

    @Test(arguments: [
        ("1763979466", Duration.seconds(10)), ("1763979466000", .seconds(10)), ("1763979466.5", .milliseconds(10_500)),
        ("1000000000", .zero), ("59.5", .milliseconds(59_500)), ("0", .zero),
        ("999999999", .seconds(999_999_999)),
    ])
    func readsResets(text: String, expected: Duration) {
        #expect(RateLimitHeaders.reset(Array(text.utf8)[...], now: Self.now) == expected)
    }

    @Test func otherHeadersSayNothing() {
        let headers = HTTPHeaders([
            "content-type": "application/json", "x-ratelimit-": "1", "x-ratelimit-limits": "3",
            "anthropic-ratelimit-": "4", "anthropic-ratelimit-requests-": "5", "x-ratelimit-limit-images": "6",
        ])
        #expect(RateLimitHeaders(headers, now: Self.now).isEmpty)
    }
}

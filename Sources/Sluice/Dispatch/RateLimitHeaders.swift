/// What an answer's head says of the endpoint's limits.
///
/// Plain facts for a controller. Providers disagree on what they mean: OpenAI's reset is the time until the limit is
/// full again, not until one more request fits; Groq counts requests by the day and tokens by the minute; Azure counts
/// its own estimate of tokens; Anthropic rounds remaining tokens to thousands. A remaining of zero and `retryAfter` are
/// the only strong signals. Negative and unreadable values are left out.
package struct RateLimitHeaders: Sendable, Equatable {
    package struct Window: Sendable, Equatable {
        package var limit: Int?
        package var remaining: Int?
        /// From now until the limit is full again.
        package var reset: Duration?

        package init(limit: Int? = nil, remaining: Int? = nil, reset: Duration? = nil) {
            self.limit = limit
            self.remaining = remaining
            self.reset = reset
        }
    }

    /// `x-ratelimit-*-requests`, `anthropic-ratelimit-requests-*`, else the bare `x-ratelimit-*`.
    package var requests = Window()
    /// `x-ratelimit-*-tokens`, `anthropic-ratelimit-tokens-*`.
    package var tokens = Window()
    /// `anthropic-ratelimit-input-tokens-*`.
    package var inputTokens = Window()
    /// `anthropic-ratelimit-output-tokens-*`.
    package var outputTokens = Window()
    /// `x-ratelimit-*-project-tokens`.
    package var projectTokens = Window()
    package var retryAfter: Duration?

    package var isEmpty: Bool { self == RateLimitHeaders() }

    package init() {}

    /// - Parameter now: milliseconds since 1970.
    package init(_ headers: HTTPHeaders, now: Int64) {
        retryAfter = RetryAfter.read(headers, now: now)
        var bare = Window()
        for field in headers.fields {
            let name = headers.block[field.name]
            let value = headers.block[field.value]
            if name.startsIgnoringCase("x-ratelimit-") {
                let rest = name.dropFirst("x-ratelimit-".utf8.count)
                guard let part = Part(prefixOf: rest) else { continue }
                let scope = rest.dropFirst(part.name.utf8CodeUnitCount)
                if scope.isEmpty {
                    bare.set(part, value, now: now)
                } else if let window = Self.window(scope.dropFirst()) {
                    self[keyPath: window].set(part, value, now: now)
                }
            } else if name.startsIgnoringCase("anthropic-ratelimit-") {
                let rest = name.dropFirst("anthropic-ratelimit-".utf8.count)
                guard let dash = rest.lastIndex(of: UInt8(ascii: "-")), let window = Self.window(rest[..<dash]),
                    let part = Part(prefixOf: rest[(dash + 1)...])
                else { continue }
                self[keyPath: window].set(part, value, now: now)
            }
        }
        if requests == Window() { requests = bare }
    }

    private static func window(_ name: ArraySlice<UInt8>) -> WritableKeyPath<RateLimitHeaders, Window>? {
        if name.equalsIgnoringCase("requests") { return \.requests }
        if name.equalsIgnoringCase("tokens") { return \.tokens }
        if name.equalsIgnoringCase("input-tokens") { return \.inputTokens }
        if name.equalsIgnoringCase("output-tokens") { return \.outputTokens }
        if name.equalsIgnoringCase("project-tokens") { return \.projectTokens }
        return nil
    }

    fileprivate enum Part: CaseIterable {
        case limit, remaining, reset

        var name: StaticString {
            switch self {
            case .limit: "limit"
            case .remaining: "remaining"
            case .reset: "reset"
            }
        }

        init?(prefixOf text: ArraySlice<UInt8>) {
            for part in Part.allCases where text.startsIgnoringCase(part.name) {
                let rest = text.dropFirst(part.name.utf8CodeUnitCount)
                guard rest.isEmpty || rest.first == UInt8(ascii: "-") else { return nil }
                self = part
                return
            }
            return nil
        }
    }

    /// The time from now until a limit is full again: `6m0s`, `20ms`, `12` (seconds), a point in time in seconds or
    /// milliseconds since 1970, or `2025-11-24T10:17:36Z`. A point in the past is no wait at all.
    package static func reset(_ value: ArraySlice<UInt8>, now: Int64) -> Duration? {
        if let duration = DurationText.goDuration(value) { return duration }
        // Read in the smaller unit first: a point in milliseconds, taken for seconds, would not fit.
        if let number = DurationText.number(value, unit: 1_000_000) {
            if number >= .milliseconds(100_000_000_000) { return max(number - .milliseconds(now), .zero) }
            let seconds = number * 1000
            return seconds < .seconds(1_000_000_000) ? seconds : max(seconds - .milliseconds(now), .zero)
        }
        return DateText.rfc3339(value).map { max(.milliseconds($0 - now), .zero) }
    }
}

extension RateLimitHeaders.Window {
    fileprivate mutating func set(_ part: RateLimitHeaders.Part, _ value: ArraySlice<UInt8>, now: Int64) {
        switch part {
        case .limit: limit = Self.count(value) ?? limit
        case .remaining: remaining = Self.count(value) ?? remaining
        case .reset: reset = RateLimitHeaders.reset(value, now: now) ?? reset
        }
    }

    /// A whole number of requests or tokens, at most 10^15; a fraction is dropped.
    private static func count(_ value: ArraySlice<UInt8>) -> Int? {
        let whole = value.prefix { $0 != UInt8(ascii: ".") }
        guard !whole.isEmpty, whole.count <= 15, whole.allSatisfy(\.isDigit) else { return nil }
        return whole.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}

extension TransportReply {
    /// What the answer's head says of limits; nil where it says nothing.
    func limits(now: Timestamp) -> RateLimitHeaders? {
        guard case .success(let answer) = result else { return nil }
        let limits = RateLimitHeaders(answer.headers, now: now.milliseconds)
        return limits.isEmpty ? nil : limits
    }
}

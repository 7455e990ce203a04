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
        self = Self.read(headers, now: now) ?? RateLimitHeaders()
    }

    /// Nil where no line has to do with limits.
    static func read(_ headers: HTTPHeaders, now: Int64) -> RateLimitHeaders? {
        var limits: RateLimitHeaders?
        var bare = Window()
        var wait = RetryAfter.Reading()
        headers.forEach(of: names) { meaning, place in
            let value = headers.block[place]
            if limits == nil { limits = RateLimitHeaders() }
            switch meaning {
            case .retryAfter: wait.take(value, now: now)
            case .retryAfterMilliseconds: wait.take(milliseconds: value)
            case .window(nil, let part): bare.set(part, value, now: now)
            case .window(.requests, let part): limits?.requests.set(part, value, now: now)
            case .window(.tokens, let part): limits?.tokens.set(part, value, now: now)
            case .window(.inputTokens, let part): limits?.inputTokens.set(part, value, now: now)
            case .window(.outputTokens, let part): limits?.outputTokens.set(part, value, now: now)
            case .window(.projectTokens, let part): limits?.projectTokens.set(part, value, now: now)
            }
        }
        limits?.retryAfter = wait.wait
        if limits?.requests == Window() { limits?.requests = bare }
        return limits
    }

    fileprivate enum Scope: String, CaseIterable, Sendable {
        case requests, tokens
        case inputTokens = "input-tokens"
        case outputTokens = "output-tokens"
        case projectTokens = "project-tokens"
    }

    fileprivate enum Part: String, CaseIterable, Sendable {
        case limit, remaining, reset
    }

    private enum Meaning: Sendable {
        /// No scope is said where only one thing is counted.
        case window(Scope?, Part)
        case retryAfter, retryAfterMilliseconds
    }

    private static let names: HeaderNames<Meaning> = {
        var names: [(name: String, meaning: Meaning)] = [
            ("retry-after", .retryAfter), ("retry-after-ms", .retryAfterMilliseconds),
        ]
        for part in Part.allCases {
            names.append(("x-ratelimit-\(part.rawValue)", .window(nil, part)))
            for scope in Scope.allCases {
                names.append(("x-ratelimit-\(part.rawValue)-\(scope.rawValue)", .window(scope, part)))
                names.append(("anthropic-ratelimit-\(scope.rawValue)-\(part.rawValue)", .window(scope, part)))
            }
        }
        return HeaderNames(names)
    }()

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
        guard let limits = RateLimitHeaders.read(answer.headers, now: now.milliseconds), !limits.isEmpty else {
            return nil
        }
        return limits
    }
}

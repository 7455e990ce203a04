#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension RateLimiter {
    /// Appends the header lines of the buckets as they stand.
    func appendHeaders(_ style: HeadShape.Limits, to bytes: inout [UInt8]) {
        for (bucket, kind) in [(requests, Kind.requests), (tokens, Kind.tokens)] {
            guard let bucket else { continue }
            var limit = bucket.perMinute
            var remaining = bucket.remaining
            var reset = GoDuration.text(nanoseconds: bucket.nanosecondsUntilFull)
            var ending = kind.rawValue
            switch style {
            case .none: return
            case .openAI: break
            case .azure: reset = "\((bucket.nanosecondsUntilFull + 999_999_999) / 1_000_000_000)"
            case .groq where kind == .requests:
                remaining += limit * 1439
                limit *= 1440
            case .groq: break
            case .mistral: ending = kind == .requests ? "req-minute" : "tokens-minute"
            case .anthropic:
                let name = "anthropic-ratelimit-\(kind.rawValue)"
                let shown = kind == .tokens ? (remaining + 500) / 1000 * 1000 : remaining
                bytes.append(text: "\(name)-limit: \(limit)\r\n\(name)-remaining: \(shown)\r\n")
                bytes.append(text: "\(name)-reset: \(Self.date(nanosecondsFromNow: bucket.nanosecondsUntilFull))\r\n")
            }
            bytes.append(text: "x-ratelimit-limit-\(ending): \(limit)\r\n")
            bytes.append(text: "x-ratelimit-remaining-\(ending): \(remaining)\r\n")
            if style != .mistral { bytes.append(text: "x-ratelimit-reset-\(ending): \(reset)\r\n") }
        }
    }

    /// Appends `Retry-After` in whole seconds and `retry-after-ms`, both rounded up, where the style has them.
    static func appendRetryAfter(_ style: HeadShape.RetryAfter, nanoseconds: Int64, to bytes: inout [UInt8]) {
        let milliseconds = (max(nanoseconds, 0) + 999_999) / 1_000_000
        if style != .none { bytes.append(text: "retry-after: \((milliseconds + 999) / 1000)\r\n") }
        if style == .secondsAndMilliseconds { bytes.append(text: "retry-after-ms: \(milliseconds)\r\n") }
    }

    /// A moment as RFC 3339 writes it, in whole seconds rounded up: `2026-11-24T13:35:26Z`.
    private static func date(nanosecondsFromNow nanoseconds: Int64) -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var seconds = now.tv_sec + Int((Int64(now.tv_nsec) + nanoseconds + 999_999_999) / 1_000_000_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 32)
        let length = strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
        return String(decoding: text[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Durations as Go prints them, and as OpenAI therefore sends them: `20ms`, `1s`, `6m0s`, `2m59.56s`, `1h0m0s`.
package enum GoDuration {
    /// Rounds up to whole milliseconds.
    package static func text(nanoseconds: Int64) -> String {
        let milliseconds = (max(nanoseconds, 0) + 999_999) / 1_000_000
        if milliseconds == 0 { return "0s" }
        if milliseconds < 1000 { return "\(milliseconds)ms" }
        let (minutes, rest) = milliseconds.quotientAndRemainder(dividingBy: 60_000)
        let seconds = "\(rest / 1000)\(fraction(ofMilliseconds: rest % 1000))s"
        switch minutes {
        case 0: return seconds
        case 1..<60: return "\(minutes)m\(seconds)"
        default: return "\(minutes / 60)h\(minutes % 60)m\(seconds)"
        }
    }

    /// `560` → `.56`, `5` → `.005`, `0` → nothing.
    private static func fraction(ofMilliseconds milliseconds: Int64) -> String {
        guard milliseconds > 0 else { return "" }
        var digits = String(milliseconds)
        digits = "." + String(repeating: "0", count: 3 - digits.utf8.count) + digits
        while digits.hasSuffix("0") { digits.removeLast() }
        return digits
    }
}

extension RateLimiter {
    /// Appends the `x-ratelimit-…` header lines of the buckets as they stand.
    func appendHeaders(to bytes: inout [UInt8]) {
        for (bucket, kind) in [(requests, Kind.requests), (tokens, Kind.tokens)] {
            guard let bucket else { continue }
            bytes.append(text: "x-ratelimit-limit-\(kind.rawValue): \(bucket.perMinute)\r\n")
            bytes.append(text: "x-ratelimit-remaining-\(kind.rawValue): \(bucket.remaining)\r\n")
            let reset = GoDuration.text(nanoseconds: bucket.nanosecondsUntilFull)
            bytes.append(text: "x-ratelimit-reset-\(kind.rawValue): \(reset)\r\n")
        }
    }

    /// Appends `Retry-After` in whole seconds and `retry-after-ms`, both rounded up.
    static func appendRetryAfter(nanoseconds: Int64, to bytes: inout [UInt8]) {
        let milliseconds = (max(nanoseconds, 0) + 999_999) / 1_000_000
        bytes.append(text: "retry-after: \((milliseconds + 999) / 1000)\r\n")
        bytes.append(text: "retry-after-ms: \(milliseconds)\r\n")
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

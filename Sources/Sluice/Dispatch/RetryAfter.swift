/// How long an endpoint asks us to wait before the next request.
package enum RetryAfter {
    /// Longer waits are taken for nonsense, such as a clock that is wrong or a value in milliseconds.
    package static let longest = Duration.seconds(7 * 86_400)

    /// Reads `retry-after-ms`, then `Retry-After` as seconds (whole or not) or as a date of HTTP.
    ///
    /// The first that makes sense counts. Nothing, zero, a date in the past, a negative or an absurd value give nil.
    /// - Parameter now: milliseconds since 1970.
    package static func read(_ headers: HTTPHeaders, now: Int64) -> Duration? {
        var milliseconds: Duration?
        var seconds: Duration?
        for field in headers.fields {
            // Both names are long and begin with r: everything else is passed by at once.
            guard field.name.count >= 11, headers.block[field.name.lowerBound].lowercased == UInt8(ascii: "r")
            else { continue }
            let value = headers.block[field.value]
            if milliseconds == nil, headers.matches(field.name, "retry-after-ms") {
                milliseconds = DurationText.number(value, unit: 1_000_000).flatMap(sensible)
            } else if seconds == nil, headers.matches(field.name, "retry-after") {
                seconds = parse(value, now: now)
            }
        }
        return milliseconds ?? seconds
    }

    /// Reads one value of `Retry-After`.
    package static func parse(_ value: ArraySlice<UInt8>, now: Int64) -> Duration? {
        if let seconds = DurationText.number(value) { return sensible(seconds) }
        return DateText.http(value, now: now).flatMap { sensible(.milliseconds($0 - now)) }
    }

    /// The wait itself when it is more than nothing and not absurd.
    static func sensible(_ wait: Duration) -> Duration? {
        wait > .zero && wait <= longest ? wait : nil
    }
}

/// How long an endpoint asks us to wait before the next request.
package enum RetryAfter {
    /// Longer waits are taken for nonsense, such as a clock that is wrong or a value in milliseconds.
    package static let longest = Duration.seconds(7 * 86_400)

    /// Reads `retry-after-ms`, then `Retry-After` as seconds (whole or not) or as a date of HTTP.
    ///
    /// The first that makes sense counts. Nothing, zero, a date in the past, a negative or an absurd value give nil.
    /// - Parameter now: milliseconds since 1970.
    package static func read(_ headers: HTTPHeaders, now: Int64) -> Duration? {
        var found = Reading()
        for field in headers.fields {
            // Both names are long and begin with r: everything else is passed by at once.
            guard field.name.count >= 11, headers.block[field.name.lowerBound].lowercased == UInt8(ascii: "r")
            else { continue }
            if headers.matches(field.name, "retry-after-ms") {
                found.take(milliseconds: headers.block[field.value])
            } else if headers.matches(field.name, "retry-after") {
                found.take(headers.block[field.value], now: now)
            }
        }
        return found.wait
    }

    /// What the lines of one head have said so far.
    struct Reading {
        private var milliseconds: Duration?
        private var seconds: Duration?

        var wait: Duration? { milliseconds ?? seconds }

        /// Takes a line of `retry-after-ms`.
        mutating func take(milliseconds value: ArraySlice<UInt8>) {
            guard milliseconds == nil else { return }
            milliseconds = DurationText.number(value, unit: 1_000_000).flatMap(sensible)
        }

        /// Takes a line of `Retry-After`.
        mutating func take(_ value: ArraySlice<UInt8>, now: Int64) {
            guard seconds == nil else { return }
            seconds = parse(value, now: now)
        }
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

/// Reads points in time as endpoints write them, by hand: no locale, no time zone table.
///
/// Every result is in milliseconds since 1970, UTC. Out-of-range parts give nil; a leap second counts as the next one.
enum DateText {
    /// The three forms of HTTP: `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` and
    /// `Sun Nov  6 08:49:37 1994`. The name of the day is not checked.
    ///
    /// A year of two digits is the one that lies within 50 years of `now`, as RFC 9110 asks.
    static func http(_ text: ArraySlice<UInt8>, now: Int64) -> Int64? {
        let words = text.split { byte in byte == 0x20 || byte == 0x2C || byte == 0x2D }
        switch words.count {
        case 6 where words[5].equalsIgnoringCase("gmt") || words[5].equalsIgnoringCase("utc"):
            guard let day = integer(words[1], 1...2), let month = month(words[2]), let time = time(words[4])
            else { return nil }
            let shortYear = words[3].count == 2
            guard var year = integer(words[3], shortYear ? 2...2 : 4...4) else { return nil }
            if shortYear { year = Self.year(ending: year, now: now) }
            return milliseconds(year: year, month: month, day: day, secondOfDay: time)
        case 5:
            guard let month = month(words[1]), let day = integer(words[2], 1...2), let time = time(words[3]),
                let year = integer(words[4], 4...4)
            else { return nil }
            return milliseconds(year: year, month: month, day: day, secondOfDay: time)
        default:
            return nil
        }
    }

    /// `2025-11-24T10:17:36Z`, with a fraction of a second and an offset where there is one.
    static func rfc3339(_ text: ArraySlice<UInt8>) -> Int64? {
        let bytes = Array(text)
        guard bytes.count >= 20, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10].lowercased == UInt8(ascii: "t"),
            let year = integer(bytes[0..<4], 4...4), let month = integer(bytes[5..<7], 2...2),
            let day = integer(bytes[8..<10], 2...2), let time = time(bytes[11..<19])
        else { return nil }
        var position = 19
        var fraction = 0
        if bytes[position] == UInt8(ascii: ".") {
            position += 1
            var place = 100
            let point = position
            while position < bytes.count, bytes[position].isDigit {
                fraction += place * Int(bytes[position] - 0x30)
                place /= 10
                position += 1
            }
            guard position > point else { return nil }
        }
        guard let offset = offset(bytes[position...]),
            let base = milliseconds(year: year, month: month, day: day, secondOfDay: time)
        else { return nil }
        return base + Int64(fraction) - offset
    }

    private static func offset(_ text: ArraySlice<UInt8>) -> Int64? {
        if text.equalsIgnoringCase("z") { return 0 }
        let start = text.startIndex
        guard text.count == 6, text[start] == UInt8(ascii: "+") || text[start] == UInt8(ascii: "-"),
            text[start + 3] == UInt8(ascii: ":"), let hours = integer(text[start + 1..<start + 3], 2...2),
            let minutes = integer(text[start + 4..<start + 6], 2...2), hours < 24, minutes < 60
        else { return nil }
        let milliseconds = Int64(hours * 60 + minutes) * 60_000
        return text[start] == UInt8(ascii: "-") ? -milliseconds : milliseconds
    }

    private static func integer(_ text: ArraySlice<UInt8>, _ lengths: ClosedRange<Int>) -> Int? {
        guard lengths.contains(text.count) else { return nil }
        var value = 0
        for byte in text {
            guard byte.isDigit else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }

    private static func month(_ text: ArraySlice<UInt8>) -> Int? {
        guard text.count == 3 else { return nil }
        let names = Array("janfebmaraprmayjunjulaugsepoctnovdec".utf8)
        let wanted = text.map(\.lowercased)
        return (0..<12).first { names[$0 * 3..<$0 * 3 + 3].elementsEqual(wanted) }.map { $0 + 1 }
    }

    /// Seconds of the day from `08:49:37`.
    private static func time(_ text: ArraySlice<UInt8>) -> Int? {
        let start = text.startIndex
        guard text.count == 8, text[start + 2] == 0x3A, text[start + 5] == 0x3A,
            let hour = integer(text[start..<start + 2], 2...2), hour < 24,
            let minute = integer(text[start + 3..<start + 5], 2...2), minute < 60,
            let second = integer(text[start + 6..<start + 8], 2...2), second <= 60
        else { return nil }
        return (hour * 60 + minute) * 60 + second
    }

    private static func year(ending digits: Int, now: Int64) -> Int {
        let current = 1970 + Int(now / 31_556_952_000)
        let year = current - current % 100 + digits
        if year > current + 50 { return year - 100 }
        return year <= current - 50 ? year + 100 : year
    }

    private static func milliseconds(year: Int, month: Int, day: Int, secondOfDay: Int) -> Int64? {
        guard (1...12).contains(month), (1...daysIn(month, of: year)).contains(day) else { return nil }
        // Days since 1970 of a date in the civil calendar, with years that begin in March.
        let shifted = month > 2 ? year : year - 1
        let century = shifted / 400
        let yearOfEra = shifted - century * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = century * 146_097 + dayOfEra - 719_468
        return (Int64(days) * 86_400 + Int64(secondOfDay)) * 1000
    }

    private static func daysIn(_ month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

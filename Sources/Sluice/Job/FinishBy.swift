#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// When a job wants to be done. It changes nothing that is sent: a run that will be late says so.
package enum FinishBy: Sendable, Equatable {
    /// So long after the command was given.
    case after(Duration)
    /// The next time that the clock on the wall shows it, by the machine's time zone.
    case timeOfDay(hour: Int, minute: Int)
    case at(Timestamp)

    /// Reads `8h`, `06:30` or `2026-11-25T06:30:00Z`; nil of anything else.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        if let duration = Duration(text: text), duration > .zero, duration <= .seconds(366 * 86_400) {
            self = .after(duration)
        } else if let milliseconds = DateText.rfc3339(bytes[...]) {
            self = .at(Timestamp(milliseconds: milliseconds))
        } else if let time = Self.timeOfDay(bytes) {
            self = time
        } else {
            return nil
        }
    }

    package static let forms = "8h, 06:30 or 2026-11-25T06:30:00Z"

    private static func timeOfDay(_ bytes: [UInt8]) -> FinishBy? {
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2,
            parts.allSatisfy({ $0.allSatisfy(\.isDigit) }), let hour = Int(String(decoding: parts[0], as: UTF8.self)),
            let minute = Int(String(decoding: parts[1], as: UTF8.self)), hour < 24, minute < 60
        else { return nil }
        return .timeOfDay(hour: hour, minute: minute)
    }

    /// The moment that is meant by a command given at `now`.
    package func moment(from now: Timestamp) -> Timestamp {
        switch self {
        case .after(let duration): return now + duration
        case .at(let time): return time
        case .timeOfDay(let hour, let minute):
            for day: Int32 in 0...2 {
                var parts = now.local
                // mktime finds the day after the 31st, and whether it has summer time.
                parts.tm_mday += day
                (parts.tm_hour, parts.tm_min, parts.tm_sec, parts.tm_isdst) = (Int32(hour), Int32(minute), 0, -1)
                let time = Timestamp(milliseconds: Int64(mktime(&parts)) * 1000)
                if time > now { return time }
            }
            return now + .seconds(86_400)
        }
    }
}

extension Timestamp {
    /// By the machine's time zone.
    fileprivate var local: tm {
        var seconds = time_t(milliseconds / 1000)
        var parts = tm()
        localtime_r(&seconds, &parts)
        return parts
    }

    /// `2026-11-25 06:30`, by the machine's time zone.
    package var localText: String {
        let parts = local
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) "
            + "\(two(parts.tm_hour)):\(two(parts.tm_min))"
    }
}

/// Requests a minute and tokens a minute, taken together or not at all.
///
/// Pure: the caller passes the time, in nanoseconds.
package struct RateLimiter: Sendable {
    package private(set) var requests: TokenBucket?
    package private(set) var tokens: TokenBucket?

    package enum Kind: String, Sendable {
        case requests, tokens
    }

    package enum Decision: Sendable, Equatable {
        case pass
        /// `wait` nanoseconds from now it may pass.
        case refuse(Kind, wait: Int64)
        /// More tokens than a whole minute's allowance: waiting does not help.
        case tooLarge
    }

    package init(requestsPerMinute: Int?, tokensPerMinute: Int?, burstSeconds: Double, now: UInt64) {
        requests = requestsPerMinute.map { TokenBucket(perMinute: $0, burstSeconds: burstSeconds, now: now) }
        tokens = tokensPerMinute.map { TokenBucket(perMinute: $0, burstSeconds: burstSeconds, now: now) }
    }

    package var isOn: Bool { requests != nil || tokens != nil }

    /// Decides on one request that is charged `charge` tokens; only one that passes is charged.
    package mutating func decide(charge: Int, now: UInt64) -> Decision {
        requests?.refill(now: now)
        tokens?.refill(now: now)
        if let tokens, charge > tokens.perMinute {
            return .tooLarge
        }
        let requestWait = requests?.nanosecondsUntil(1) ?? 0
        let tokenWait = tokens?.nanosecondsUntil(charge) ?? 0
        if requestWait > 0 || tokenWait > 0 {
            return requestWait >= tokenWait
                ? .refuse(.requests, wait: requestWait) : .refuse(.tokens, wait: tokenWait)
        }
        requests?.take(1)
        tokens?.take(charge)
        return .pass
    }
}

/// Decides whether, and when, a request is sent again. Pure: chance is handed in.
///
/// Two counts are kept apart. A request has `maximumAttempts`, spent only on outcomes that say something about it; being
/// throttled says something about the endpoint, and has its own, generous bound. A wait that the endpoint names is a
/// minimum: it is lengthened a little, never shortened, so that a thousand requests throttled together do not come
/// back together.
package struct RetryPolicy: Sendable, Equatable {
    package enum Decision: Sendable, Equatable {
        case again(after: Duration)
        /// Settle the request as failed.
        case giveUp
        /// The endpoint is throttling for longer than `maximumWait`. No request would fare better, and none should be
        /// failed for it: stop the run with its work kept.
        case stop(wait: Duration)
    }

    package var maximumAttempts = 5
    package var maximumThrottles = 1000
    /// The first backoff; each further one is twice as long, up to `cap`.
    package var base = Duration.milliseconds(500)
    package var cap = Duration.seconds(60)
    /// The longest wait that an endpoint may name.
    package var maximumWait = Duration.seconds(3600)

    package init() {}

    /// - Parameters:
    ///   - after: the wait named by the endpoint.
    ///   - attempts: attempts counted so far, the one just ended included where its cause counts.
    ///   - throttles: times throttled so far, this time included where it was.
    ///   - random: chance, evenly spread over 0 ..< 1.
    package func decide(
        _ cause: RetryCause, after: Duration?, attempts: Int, throttles: Int, random: Double
    ) -> Decision {
        switch cause {
        case .cancelled:
            return .again(after: .zero)
        case .throttled:
            if let after, after > maximumWait { return .stop(wait: after) }
            guard throttles < maximumThrottles else { return .giveUp }
            return .again(after: wait(after, failures: throttles, random: random))
        case .status, .transport, .unusable:
            guard attempts < maximumAttempts else { return .giveUp }
            return .again(after: wait(after.map { min($0, maximumWait) }, failures: attempts, random: random))
        }
    }

    /// The named wait and up to a tenth of it more (at least a quarter of a second, at most 10 s more); without one,
    /// half of the backoff for certain and half by chance.
    private func wait(_ named: Duration?, failures: Int, random: Double) -> Duration {
        let chance = random >= 0 && random < 1 ? random : 0.5
        if let named {
            let spread = min(max(named / 10, .milliseconds(250)), .seconds(10))
            return named + spread * chance
        }
        let backoff = backoff(after: failures)
        return backoff / 2 + (backoff / 2) * chance
    }

    /// `base · 2^(failures − 1)`, at most `cap`.
    private func backoff(after failures: Int) -> Duration {
        var backoff = base
        for _ in 1..<max(failures, 1) {
            backoff = backoff * 2
            if backoff >= cap { break }
        }
        return min(backoff, cap)
    }
}

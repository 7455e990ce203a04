#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How long an answer takes, drawn anew for each request.
package enum LatencyDistribution: Sendable, Equatable {
    case fixed(Duration)
    /// `mean` is the mean of the delays themselves; `sigma` is the deviation of their logarithm.
    case lognormal(mean: Duration, sigma: Double)

    package static let none = LatencyDistribution.fixed(.zero)

    /// Draws a delay in nanoseconds, never negative and at most a day.
    func nanoseconds(from random: inout RepeatableRandom) -> Int64 {
        switch self {
        case .fixed(let delay):
            return delay.nanoseconds
        case .lognormal(let mean, let sigma):
            let mean = Double(mean.nanoseconds)
            guard mean > 0 else { return 0 }
            // Box–Muller; 1 − fraction keeps the logarithm finite.
            let radius = (-2 * log(1 - random.nextFraction())).squareRoot()
            let normal = radius * cos(2 * Double.pi * random.nextFraction())
            let delay = mean * exp(sigma * normal - sigma * sigma / 2)
            return Int64(min(delay, 86_400e9))
        }
    }
}

extension Duration {
    /// Whole nanoseconds, clamped to what 64 bits hold.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? (seconds < 0 ? .min : .max) : scaled &+ attoseconds / 1_000_000_000
    }
}

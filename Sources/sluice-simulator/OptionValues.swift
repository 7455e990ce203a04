import ArgumentParser
import SluiceSimulator

/// 0 … 65535.
struct Port: ExpressibleByArgument {
    var number: Int

    init(number: Int) { self.number = number }

    init?(argument: String) {
        guard let number = UInt16(argument) else { return nil }
        self.init(number: Int(number))
    }

    var defaultValueDescription: String { String(number) }
}

/// A whole number from 1 to a thousand million.
struct Count: ExpressibleByArgument {
    var number: Int

    init(number: Int) { self.number = number }

    init?(argument: String) {
        guard let number = Int(argument), (1...1_000_000_000).contains(number) else { return nil }
        self.init(number: number)
    }

    var defaultValueDescription: String { String(number) }
}

/// A whole number from 0 to a thousand million.
struct Amount: ExpressibleByArgument {
    var number: Int

    init(number: Int) { self.number = number }

    init?(argument: String) {
        guard let number = Int(argument), (0...1_000_000_000).contains(number) else { return nil }
        self.init(number: number)
    }

    var defaultValueDescription: String { String(number) }
}

/// An HTTP status that refuses: 400 … 599.
struct Status: ExpressibleByArgument {
    var code: Int

    init(code: Int) { self.code = code }

    init?(argument: String) {
        guard let code = Int(argument), (400...599).contains(code) else { return nil }
        self.init(code: code)
    }

    var defaultValueDescription: String { String(code) }
}

/// `300ms`, `1.5s`, `2m`, `1h`, `20us` or a bare number of seconds; up to a day.
struct Time: ExpressibleByArgument {
    var duration: Duration

    init(duration: Duration) { self.duration = duration }

    init?(argument: some StringProtocol) {
        let units: [(suffix: String, seconds: Double)] = [
            ("us", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600), ("", 1),
        ]
        guard let unit = units.first(where: { argument.hasSuffix($0.suffix) || $0.suffix.isEmpty }) else { return nil }
        let digits = argument.dropLast(unit.suffix.count)
        guard let number = Double(digits), number.isFinite else { return nil }
        let seconds = number * unit.seconds
        guard seconds >= 0, seconds <= 86_400 else { return nil }
        self.init(duration: .nanoseconds(Int64((seconds * 1e9).rounded())))
    }

    init?(argument: String) { self.init(argument: argument[...]) }

    var defaultValueDescription: String { duration == .zero ? "0s" : "\(duration / .seconds(1))s" }
}

/// A fixed time, or `lognormal:MEAN:SIGMA`.
struct Latency: ExpressibleByArgument {
    var distribution: LatencyDistribution

    init(distribution: LatencyDistribution) { self.distribution = distribution }

    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 1, let time = Time(argument: parts[0]) {
            distribution = .fixed(time.duration)
        } else if parts.count == 3, parts[0] == "lognormal", let mean = Time(argument: parts[1]),
            let sigma = Double(parts[2]), sigma.isFinite, (0...10).contains(sigma)
        {
            distribution = .lognormal(mean: mean.duration, sigma: sigma)
        } else {
            return nil
        }
    }

    var defaultValueDescription: String { "0s" }
}

/// `KIND=RATE`.
struct FaultRate: ExpressibleByArgument {
    var entry: FaultPlan.Entry

    init?(argument: String) {
        let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, let fault = Fault(name: parts[0]), let rate = Double(parts[1]), rate >= 0, rate <= 1
        else { return nil }
        entry = FaultPlan.Entry(fault, rate: rate)
    }
}

/// `N=CODE`.
struct StatusAfter: ExpressibleByArgument {
    var value: SimulatorConfiguration.StatusAfter

    init?(argument: String) {
        let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, let answers = Amount(argument: String(parts[0])),
            let status = Status(argument: String(parts[1]))
        else { return nil }
        value = .init(answers: answers.number, status: status.code)
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@testable import Sluice

/// A server in virtual time: limits, capacity, latencies and outages as a scenario says. Times are in seconds.
struct VirtualServer {
    enum Enforcement {
        /// A bucket that holds so many seconds' worth.
        case bucket(seconds: Double)
        /// Each second, or stretch of so many, has its part of the minute's.
        case slices(seconds: Double)
    }

    enum Counting { case asUsed, asAllowed }
    enum Heads { case none, openAI, anthropic }

    struct Outage {
        var from: Double
        var to: Double
        /// No connection comes about; else 503 without a pause.
        var isUnreachable: Bool
    }

    struct Shape {
        var requestsPerMinute: Double?
        var enforcement = Enforcement.bucket(seconds: 1)
        var tokensPerMinute: Double?
        var inputTokensPerMinute: Double?
        var outputTokensPerMinute: Double?
        var counting = Counting.asUsed
        var heads = Heads.none
        var namesPause = true
        /// So many are served at a time.
        var capacity: Int?
        /// What is above the capacity waits for its turn; else it is turned away.
        var queues = true
        var latency = 2.0
        /// Of the latency's logarithm.
        var sigma = 0.4
        var latencyPerToken = 0.0
        var outage: Outage?
    }

    struct Bucket {
        let rate: Double
        let most: Double
        var level: Double
        var time = 0.0

        init(perMinute: Double, seconds: Double) {
            rate = perMinute / 60
            most = max(1, rate * seconds)
            level = most
        }

        mutating func move(to now: Double) {
            level = min(most, level + (now - time) * rate)
            time = now
        }

        var untilFull: Double { (most - level) / rate }
    }

    struct Head {
        var limits: RateLimitHeaders?
        var retryAfter: Double?
        var isOutage = false
    }

    enum Arrival {
        case unreachable
        case refused(Head)
        case accepted
    }

    let shape: Shape
    private var requests: Bucket?
    private var tokens: Bucket?
    private var inputTokens: Bucket?
    private var outputTokens: Bucket?
    private var slice = 0
    private var sliceUsed = 0.0
    private var busy = 0
    private var waiting: [VirtualRequest] = []
    private var firstWaiting = 0

    init(_ shape: Shape) {
        self.shape = shape
        if case .bucket(let seconds) = shape.enforcement {
            requests = shape.requestsPerMinute.map { Bucket(perMinute: $0, seconds: seconds) }
        }
        tokens = shape.tokensPerMinute.map { Bucket(perMinute: $0, seconds: 60) }
        inputTokens = shape.inputTokensPerMinute.map { Bucket(perMinute: $0, seconds: 60) }
        outputTokens = shape.outputTokensPerMinute.map { Bucket(perMinute: $0, seconds: 60) }
    }

    mutating func arrive(_ request: VirtualRequest, now: Double, chance: inout Chance) -> Arrival {
        if let outage = shape.outage, now >= outage.from, now < outage.to {
            return outage.isUnreachable ? .unreachable : .refused(Head(isOutage: true))
        }
        move(to: now)
        if let wait = wait(for: request, now: now) {
            let pause = shape.namesPause ? max(1, wait.rounded(.up)) : nil
            return .refused(Head(limits: limits(), retryAfter: pause))
        }
        if let capacity = shape.capacity, !shape.queues, busy >= capacity {
            return .refused(Head())
        }
        charge(request)
        request.service = service(request, &chance)
        request.head = Head(limits: limits())
        return .accepted
    }

    /// Takes a request in. - Returns: whether it is served at once, rather than waiting for its turn.
    mutating func serve(_ request: VirtualRequest) -> Bool {
        if let capacity = shape.capacity, busy >= capacity {
            waiting.append(request)
            return false
        }
        busy += 1
        return true
    }

    /// One has been served. - Returns: the next one.
    mutating func finish(_ request: VirtualRequest, now: Double) -> VirtualRequest? {
        move(to: now)
        if shape.counting == .asUsed {
            tokens?.level -= Double(request.output)
            outputTokens?.level -= Double(request.output)
        }
        busy -= 1
        guard firstWaiting < waiting.count else { return nil }
        busy += 1
        firstWaiting += 1
        return waiting[firstWaiting - 1]
    }

    private mutating func move(to now: Double) {
        requests?.move(to: now)
        tokens?.move(to: now)
        inputTokens?.move(to: now)
        outputTokens?.move(to: now)
        if case .slices(let seconds) = shape.enforcement, Int(now / seconds) != slice {
            slice = Int(now / seconds)
            sliceUsed = 0
        }
    }

    private func allowance(_ request: VirtualRequest) -> Double {
        shape.counting == .asUsed ? Double(request.prompt) : Double(request.prompt + (request.outputLimit ?? 0))
    }

    private func wait(for request: VirtualRequest, now: Double) -> Double? {
        var wait = 0.0
        if let requests { wait = max(wait, (1 - requests.level) / requests.rate) }
        if case .slices(let seconds) = shape.enforcement, let limit = shape.requestsPerMinute,
            sliceUsed + 1 > limit / 60 * seconds
        {
            wait = max(wait, Double(slice + 1) * seconds - now)
        }
        if let tokens { wait = max(wait, (allowance(request) - tokens.level) / tokens.rate) }
        if let inputTokens { wait = max(wait, (Double(request.prompt) - inputTokens.level) / inputTokens.rate) }
        if let outputTokens { wait = max(wait, (1 - outputTokens.level) / outputTokens.rate) }
        return wait > 1e-9 ? wait : nil
    }

    private mutating func charge(_ request: VirtualRequest) {
        requests?.level -= 1
        sliceUsed += 1
        let tokens = allowance(request)
        self.tokens?.level -= tokens
        inputTokens?.level -= Double(request.prompt)
    }

    private func service(_ request: VirtualRequest, _ chance: inout Chance) -> Double {
        Self.lognormal(
            mean: shape.latency + shape.latencyPerToken * Double(request.output), sigma: shape.sigma, &chance)
    }

    static func lognormal(mean: Double, sigma: Double, _ chance: inout Chance) -> Double {
        let radius = (-2 * log(1 - Double.random(in: 0..<1, using: &chance))).squareRoot()
        let normal = radius * cos(2 * Double.pi * Double.random(in: 0..<1, using: &chance))
        return mean * exp(sigma * normal - sigma * sigma / 2)
    }

    private func limits() -> RateLimitHeaders? {
        guard shape.heads != .none else { return nil }
        var headers = RateLimitHeaders()
        if let requests { headers.requests = window(requests, shape.requestsPerMinute, roundedTo: 1) }
        let rounding = shape.heads == .anthropic ? 1000.0 : 1
        if let tokens { headers.tokens = window(tokens, shape.tokensPerMinute, roundedTo: rounding) }
        if let inputTokens {
            headers.inputTokens = window(inputTokens, shape.inputTokensPerMinute, roundedTo: rounding)
        }
        if let outputTokens {
            headers.outputTokens = window(outputTokens, shape.outputTokensPerMinute, roundedTo: rounding)
        }
        return headers
    }

    private func window(_ bucket: Bucket, _ limit: Double?, roundedTo unit: Double) -> RateLimitHeaders.Window {
        RateLimitHeaders.Window(
            limit: limit.map { Int($0) },
            remaining: Int(max(0, (bucket.level / unit).rounded(unit > 1 ? .toNearestOrEven : .down) * unit)),
            reset: .milliseconds(Int(max(0, bucket.untilFull) * 1000)))
    }
}

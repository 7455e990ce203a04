/// What a request draws from each kind of limit; also sums of such.
struct Allotment: Sendable, Equatable {
    var requests: Double = 0
    var tokens: Double = 0
    var inputTokens: Double = 0
    var outputTokens: Double = 0

    static func + (left: Allotment, right: Allotment) -> Allotment {
        Allotment(
            requests: left.requests + right.requests, tokens: left.tokens + right.tokens,
            inputTokens: left.inputTokens + right.inputTokens, outputTokens: left.outputTokens + right.outputTokens)
    }

    static func - (left: Allotment, right: Allotment) -> Allotment {
        Allotment(
            requests: left.requests - right.requests, tokens: left.tokens - right.tokens,
            inputTokens: left.inputTokens - right.inputTokens, outputTokens: left.outputTokens - right.outputTokens)
    }
}

import JSON

/// Reads the `usage` of every provider.
extension Usage {
    /// Nil when the value is not an object, or says nothing about tokens.
    ///
    /// `prompt_tokens` and `completion_tokens` count unless both are zero or missing; then `input_tokens` and
    /// `output_tokens` do. Where several names stand for the same number (cached tokens have five), the largest
    /// counts: gateways fill in zeros for what they do not know. Only Anthropic's input tokens leave out the cache,
    /// and only there is it added.
    package init?(_ value: JSONValue) {
        var cost: JSONValue?
        self.init(value, cost: &cost)
    }

    /// - Parameter cost: becomes what some providers write among the counts.
    init?(_ value: JSONValue, cost: inout JSONValue?) {
        guard case .object = value.kind else { return nil }
        var usage = Usage()
        var input: Int?
        var output: Int?
        var cacheCreation: Int?
        var cacheCreationParts: Int?
        var cacheRead: Int?
        Self.names.forEach(in: value) { name, value in
            switch name {
            case .prompt: usage.promptTokens = value.tokens
            case .completion: usage.completionTokens = value.tokens
            case .total: usage.totalTokens = value.tokens
            case .promptDetails, .inputDetails: usage.addPromptDetails(value)
            case .completionDetails, .outputDetails: usage.addCompletionDetails(value)
            case .input: input = value.tokens
            case .output: output = value.tokens
            case .cacheCreationInput: cacheCreation = value.tokens
            case .cacheCreation: cacheCreationParts = value.sumOfTokens
            case .cacheReadInput: cacheRead = value.tokens
            case .promptCacheHit, .cached: usage.cachedTokens = Self.larger(usage.cachedTokens, value.tokens)
            case .cacheWrite: usage.cacheWriteTokens = Self.larger(usage.cacheWriteTokens, value.tokens)
            case .reasoning: usage.reasoningTokens = Self.larger(usage.reasoningTokens, value.tokens)
            case .cost: cost = value
            }
        }
        let written = cacheCreation ?? cacheCreationParts
        if (usage.promptTokens ?? 0) == 0, (usage.completionTokens ?? 0) == 0, input != nil || output != nil {
            usage.promptTokens = input.map { Self.sum($0, cacheRead, written) }
            usage.completionTokens = output
        }
        usage.cachedTokens = Self.larger(usage.cachedTokens, cacheRead)
        usage.cacheWriteTokens = Self.larger(usage.cacheWriteTokens, written)
        guard usage != Usage() else { return nil }
        self = usage
    }

    private enum Name: String, CaseIterable, Sendable {
        case prompt = "prompt_tokens"
        case completion = "completion_tokens"
        case total = "total_tokens"
        case promptDetails = "prompt_tokens_details"
        case inputDetails = "input_tokens_details"
        case completionDetails = "completion_tokens_details"
        case outputDetails = "output_tokens_details"
        case input = "input_tokens"
        case output = "output_tokens"
        case cacheCreationInput = "cache_creation_input_tokens"
        case cacheCreation = "cache_creation"
        case cacheReadInput = "cache_read_input_tokens"
        case promptCacheHit = "prompt_cache_hit_tokens"
        case cached = "cached_tokens"
        case cacheWrite = "cache_write_tokens"
        case reasoning = "reasoning_tokens"
        case cost
    }

    private static let names = MemberNames<Name>()

    private enum PromptDetail: String, CaseIterable, Sendable {
        case cached = "cached_tokens"
        case cacheWrite = "cache_write_tokens"
        case cacheCreation = "cache_creation_tokens"

        static let names = MemberNames<Self>()
    }

    private enum CompletionDetail: String, CaseIterable, Sendable {
        case reasoning = "reasoning_tokens"

        static let names = MemberNames<Self>()
    }

    private mutating func addPromptDetails(_ details: JSONValue) {
        PromptDetail.names.forEach(in: details) { name, value in
            switch name {
            case .cached: cachedTokens = Self.larger(cachedTokens, value.tokens)
            case .cacheWrite, .cacheCreation: cacheWriteTokens = Self.larger(cacheWriteTokens, value.tokens)
            }
        }
    }

    private mutating func addCompletionDetails(_ details: JSONValue) {
        CompletionDetail.names.forEach(in: details) { _, value in
            reasoningTokens = Self.larger(reasoningTokens, value.tokens)
        }
    }

    private static func larger(_ one: Int?, _ other: Int?) -> Int? {
        guard let one, let other else { return one ?? other }
        return max(one, other)
    }

    private static func sum(_ first: Int, _ rest: Int?...) -> Int {
        rest.reduce(first) { $0 + ($1 ?? 0) }
    }
}

extension JSONValue {
    /// A count of tokens: a whole number of at most 10^15; also written as `13.0`.
    fileprivate var tokens: Int? {
        if let integer { return (0...1_000_000_000_000_000).contains(integer) ? Int(integer) : nil }
        guard let double, double >= 0, double <= 1e15, double == double.rounded() else { return nil }
        return Int(double)
    }

    /// The sum over an object's members.
    fileprivate var sumOfTokens: Int? {
        var sum: Int?
        for (_, value) in members.prefix(16) {
            if let tokens = value.tokens { sum = (sum ?? 0) + tokens }
        }
        return sum
    }
}

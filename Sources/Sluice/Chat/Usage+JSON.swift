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
        guard value.kind == .object else { return nil }
        var usage = Usage()
        var input: Int?
        var output: Int?
        var cacheCreation: Int?
        var cacheCreationParts: Int?
        var cacheRead: Int?
        for (key, value) in value.members {
            if key.isString("prompt_tokens") {
                usage.promptTokens = value.tokens
            } else if key.isString("completion_tokens") {
                usage.completionTokens = value.tokens
            } else if key.isString("total_tokens") {
                usage.totalTokens = value.tokens
            } else if key.isString("prompt_tokens_details") || key.isString("input_tokens_details") {
                usage.addPromptDetails(value)
            } else if key.isString("completion_tokens_details") || key.isString("output_tokens_details") {
                usage.addCompletionDetails(value)
            } else if key.isString("input_tokens") {
                input = value.tokens
            } else if key.isString("output_tokens") {
                output = value.tokens
            } else if key.isString("cache_creation_input_tokens") {
                cacheCreation = value.tokens
            } else if key.isString("cache_creation") {
                cacheCreationParts = value.sumOfTokens
            } else if key.isString("cache_read_input_tokens") {
                cacheRead = value.tokens
            } else if key.isString("prompt_cache_hit_tokens") || key.isString("cached_tokens") {
                usage.cachedTokens = Self.larger(usage.cachedTokens, value.tokens)
            } else if key.isString("cache_write_tokens") {
                usage.cacheWriteTokens = Self.larger(usage.cacheWriteTokens, value.tokens)
            } else if key.isString("reasoning_tokens") {
                usage.reasoningTokens = Self.larger(usage.reasoningTokens, value.tokens)
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

    private mutating func addPromptDetails(_ details: JSONValue) {
        for (key, value) in details.members {
            if key.isString("cached_tokens") {
                cachedTokens = Self.larger(cachedTokens, value.tokens)
            } else if key.isString("cache_write_tokens") || key.isString("cache_creation_tokens") {
                cacheWriteTokens = Self.larger(cacheWriteTokens, value.tokens)
            }
        }
    }

    private mutating func addCompletionDetails(_ details: JSONValue) {
        for (key, value) in details.members where key.isString("reasoning_tokens") {
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

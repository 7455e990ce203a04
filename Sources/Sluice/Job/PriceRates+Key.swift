extension PriceRates.Kind {
    /// The key in LiteLLM's format, to which tier and threshold are appended.
    fileprivate var name: StaticString {
        switch self {
        case .input: "input_cost_per_token"
        case .output: "output_cost_per_token"
        case .cachedInput: "cache_read_input_token_cost"
        case .cacheWrite: "cache_creation_input_token_cost"
        case .reasoning: "output_cost_per_reasoning_token"
        }
    }
}

extension PriceRates.Key {
    /// Reads a key of the format, such as `input_cost_per_token_above_200k_tokens_priority`; the two endings may stand
    /// in either order. Nil for all else that a model's entry has.
    init?(_ text: UnsafeRawBufferPointer) {
        var rest = text[...]
        guard let kind = PriceRates.Kind.allCases.first(where: { rest.takePrefix($0.name) }) else { return nil }
        self.init(kind: kind)
        while !rest.isEmpty {
            if let tier = PriceTier.allCases.first(where: { $0 != .standard && rest.takePrefix($0.keySuffix) }) {
                guard self.tier == .standard else { return nil }
                self.tier = tier
            } else {
                guard threshold == 0, let threshold = rest.takeThreshold() else { return nil }
                self.threshold = threshold
            }
        }
    }
}

extension Slice<UnsafeRawBufferPointer> {
    fileprivate mutating func takePrefix(_ text: StaticString) -> Bool {
        let isPrefix = text.withUTF8Buffer { starts(with: $0) }
        if isPrefix { removeFirst(text.utf8CodeUnitCount) }
        return isPrefix
    }

    /// Takes `_above_200k_tokens`, or the same without the `k`.
    fileprivate mutating func takeThreshold() -> Int? {
        guard takePrefix("_above_") else { return nil }
        let digits = prefix { $0.isDigit }
        // More digits than any prompt has tokens.
        guard (1...9).contains(digits.count) else { return nil }
        var threshold = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        removeFirst(digits.count)
        if takePrefix("k") { threshold *= 1000 }
        guard threshold > 0, takePrefix("_tokens") else { return nil }
        return threshold
    }
}

import JSON

extension PriceBook.Entry {
    /// Reads what stands under a model's name.
    init(_ entry: JSONValue) {
        guard entry.kind == .object else {
            self = .none
            return
        }
        var isFreeOfOutput = false
        var ranges: JSONValue?
        var longest: (output: Int?, any: Int?)
        for (key, value) in entry.members {
            if key.isString("mode") {
                isFreeOfOutput = ["embedding", "moderation", "rerank"].contains { value.isString($0) }
            } else if key.isString("tiered_pricing") {
                ranges = value.isNull || (value.kind == .array && value.count == 0) ? nil : value
            } else if key.isString("max_output_tokens") {
                longest.output = Self.count(value)
            } else if key.isString("max_tokens") {
                longest.any = Self.count(value)
            } else if key.isString("off_peak_pricing"), !value.isNull, value.kind != .object || value.count > 0 {
                // Prices by the hour of the day, at which no answer says it was begun.
                self = .unclear
                return
            }
        }
        guard var rates = Self.rates(entry) else {
            self = .unclear
            return
        }
        if let ranges {
            guard let ranged = Self.rates(ranges: ranges, output: rates[.output]) else {
                self = .unclear
                return
            }
            rates = ranged
        }
        if isFreeOfOutput, rates[.output] == nil { rates[.output] = .zero }
        rates.longestAnswer = longest.output ?? longest.any
        self = rates[.input] != nil && rates[.output] != nil ? .rates(rates) : .none
    }

    /// The rates of an object; nil where one of them cannot be read.
    private static func rates(_ object: JSONValue) -> PriceRates? {
        var rates = PriceRates()
        for (key, value) in object.members {
            guard let key = key.withKeyBytes({ PriceRates.Key($0) }) else { continue }
            guard !value.isNull else {
                rates[key] = nil
                continue
            }
            guard let rate = rate(value) else { return nil }
            rates[key] = rate
        }
        return rates
    }

    /// `tiered_pricing`: a list of rates, each for prompts of more tokens than its `range` begins with. All rates of
    /// a request are of one range, and what it does not state is as its other input or output.
    ///
    /// - Parameter output: the model's own rate, for ranges that state none.
    private static func rates(ranges: JSONValue, output: Money?) -> PriceRates? {
        guard ranges.kind == .array else { return nil }
        var all = PriceRates()
        for range in ranges.elements {
            guard let start = range["range"]?[0], start.kind == .number,
                let threshold = try? ExactDecimal.scaled(start.rawBytes, places: 0),
                let own = rates(range), let input = own[.input], let output = own[.output] ?? output
            else { return nil }
            func set(_ kind: PriceRates.Kind, _ rate: Money) -> Bool {
                let key = PriceRates.Key(kind: kind, threshold: Int(threshold))
                defer { all[key] = rate }
                return all[key] == nil
            }
            let isNew =
                set(.input, input) && set(.output, output) && set(.cachedInput, own[.cachedInput] ?? input)
                && set(.cacheWrite, own[.cacheWrite] ?? input) && set(.reasoning, own[.reasoning] ?? output)
            guard isNew else { return nil }
        }
        return all[.input] == nil ? nil : all
    }

    /// A number of tokens; nil for all else. Some files have it as text.
    private static func count(_ value: JSONValue) -> Int? {
        var text: [UInt8] = []
        if value.kind == .number { text = value.rawBytes } else if !value.appendString(to: &text) { return nil }
        guard let count = try? ExactDecimal.scaled(text, places: 0), count > 0 else { return nil }
        return Int(count)
    }

    /// US dollars for a token, as a number or as text with one; nil for all else, a sign, an amount above 9 dollars.
    private static func rate(_ value: JSONValue) -> Money? {
        var text: [UInt8] = []
        if value.kind == .number { text = value.rawBytes } else if !value.appendString(to: &text) { return nil }
        // A million tokens' price in pico-dollars. Files have numbers such as 8.000000000000001e-07, which came from
        // binary fractions: the rest is rounded away.
        guard let scaled = try? ExactDecimal.scaled(text, places: 18, rounds: true) else { return nil }
        return Money(picoDollars: scaled)
    }
}

extension PriceRates {
    /// The standard rate for prompts of any length.
    fileprivate subscript(kind: Kind) -> Money? {
        get { self[Key(kind: kind)] }
        set { self[Key(kind: kind)] = newValue }
    }
}

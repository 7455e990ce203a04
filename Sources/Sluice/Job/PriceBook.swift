import JSON

/// The models of a price file in LiteLLM's format, and what each charges.
///
/// Kept are names and rates alone: about 1 MB of a file of 2,000 models.
struct PriceBook: Sendable {
    static let maximumSize: ByteCount = .mebibytes(64)

    /// Nil for a model whose entry has prices that are not understood: they are unknown, and another name's are not
    /// taken in their place.
    private var models: [String: PriceRates?] = [:]

    /// - Parameter path: names the file in errors.
    init(_ bytes: [UInt8], path: String) throws(PriceFileError) {
        let file: JSONValue
        let parser = JSONParser()
        do {
            file = try parser.parse(bytes)
        } catch {
            throw .notJSON(path: path, offset: error.offset, of: bytes, reason: error.reason)
        }
        guard file.kind == .object else { throw .notPrices(path: path) }
        for (name, entry) in file.members {
            guard let name = name.string, name != "sample_spec" else { continue }
            switch Self.read(entry) {
            case .rates(let rates): models.updateValue(rates, forKey: name)
            case .unclear: models.updateValue(nil, forKey: name)
            // Of two equal keys the last one counts, also where it says nothing.
            case .none: models.removeValue(forKey: name)
            }
        }
        guard models.contains(where: { $0.value != nil }) else { throw .notPrices(path: path) }
    }

    var names: some Collection<String> { models.keys }

    /// The model's rates; nil where the file does not know the name.
    func find(_ name: String) -> Entry? { models[name].map { $0.map(Entry.rates) ?? .unclear } }

    enum Entry: Sendable {
        case rates(PriceRates)
        /// There are prices, and no saying what an answer costs.
        case unclear
        /// Nothing is priced by the token.
        case none
    }

    private static func read(_ entry: JSONValue) -> Entry {
        guard entry.kind == .object else { return .none }
        var rates = PriceRates()
        var isFreeOfOutput = false
        for (key, value) in entry.members {
            if key.isString("mode") {
                isFreeOfOutput = ["embedding", "moderation", "rerank"].contains { value.isString($0) }
            } else if key.isString("tiered_pricing") || key.isString("off_peak_pricing") {
                // Prices that hold for a range of prompts, or for some hours of the day.
                if value.count > 0 || !(value.isNull || value.kind == .array || value.kind == .object) {
                    return .unclear
                }
            } else if let key = key.withKeyBytes({ PriceRates.Key($0) }) {
                if value.isNull {
                    rates[key] = nil
                    continue
                }
                guard let rate = self.rate(value) else { return .unclear }
                rates[key] = rate
            }
        }
        let output = PriceRates.Key(kind: .output)
        if isFreeOfOutput, rates[output] == nil { rates[output] = .zero }
        guard rates[PriceRates.Key(kind: .input)] != nil, rates[output] != nil else { return .none }
        return .rates(rates)
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

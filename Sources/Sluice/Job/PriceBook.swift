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
            switch Entry(entry) {
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
}

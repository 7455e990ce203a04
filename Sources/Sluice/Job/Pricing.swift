import JSON

/// What answers cost: a job's prices, with the price file read. A value, which any task may use.
package struct Pricing: Sendable {
    private enum Rates {
        case one(Price)
        case book(PriceBook, PriceFile)
    }

    private let rates: Rates

    /// Reads the price file, where the job names one.
    package init(_ source: PriceSource) throws(PriceFileError) {
        switch source {
        case .perMillion(let price): rates = .one(price)
        case .file(let file):
            let book = try PriceBook(Self.read(file.path), path: file.path)
            if let model = file.model, Self.find([model], in: book, file) == nil {
                let near = NearestName.nearest(to: model, among: book.names)
                throw .noModel(path: file.path, model: model, near: near)
            }
            rates = .book(book, file)
        }
    }

    package init(_ price: Price) { rates = .one(price) }

    /// The price of every answer, where there is but one.
    package var flat: Price? {
        if case .one(let price) = rates { price } else { nil }
    }

    /// The cost of one answer; nil where it is unknown: no price, or no usage.
    ///
    /// - Parameters:
    ///   - tier: the answer's `service_tier`.
    ///   - requestedModel: asked only where the answer's own model does not tell.
    package func cost(
        of usage: Usage, servedModel: String?, tier: String?, requestedModel: () -> String?
    ) -> Money? {
        price(
            promptTokens: usage.promptTokens ?? 0, servedModel: servedModel, tier: tier,
            requestedModel: requestedModel)?.cost(of: usage)
    }

    /// What an answer is charged for a million tokens; nil where that is unknown.
    ///
    /// Looked up is the model that answered, then the one that was asked for, then the former without a date at its
    /// end. Where the job names a provider, first of all with that before the name.
    package func price(
        promptTokens: Int, servedModel: String?, tier: String?, requestedModel: () -> String?
    ) -> Price? {
        switch rates {
        case .one(let price): return price
        case .book(let book, let file):
            guard let found = entry(book, file, servedModel, requestedModel), case .rates(let rates) = found else {
                return nil
            }
            return rates.price(
                tier: PriceTier(reported: tier, stated: file.tier), promptTokens: promptTokens)
        }
    }

    /// The most that so many tokens can cost; nil where the model's price is unknown.
    package func most(prompt: Int, completion: Int, requestedModel: () -> String?) -> Money? {
        switch rates {
        case .one(let price): return price.most(prompt: prompt, completion: completion)
        case .book(let book, let file):
            guard case .rates(let rates) = entry(book, file, nil, requestedModel) else { return nil }
            return rates.most(prompt: prompt, completion: completion)
        }
    }

    /// The most tokens that the model writes for one answer; nil where no price file says so.
    package func longestAnswer(requestedModel: () -> String?) -> Int? {
        guard case .book(let book, let file) = rates,
            case .rates(let rates) = entry(book, file, nil, requestedModel)
        else { return nil }
        return rates.longestAnswer
    }

    private func entry(
        _ book: PriceBook, _ file: PriceFile, _ served: String?, _ requestedModel: () -> String?
    ) -> PriceBook.Entry? {
        if let model = file.model { return Self.find([model], in: book, file) }
        if file.provider == nil, let served, let found = book.find(served) { return found }
        let requested = requestedModel()
        let undated = (served ?? requested).flatMap(Self.undated)
        return Self.find([served, requested, undated].compactMap { $0 }, in: book, file)
    }

    private static func find(_ names: [String], in book: PriceBook, _ file: PriceFile) -> PriceBook.Entry? {
        if let provider = file.provider {
            for name in names {
                if let found = book.find("\(provider)/\(name)") { return found }
            }
        }
        for name in names {
            if let found = book.find(name) { return found }
        }
        return nil
    }

    /// `gpt-5.2` of `gpt-5.2-2025-12-11`; nil of a name without a date.
    private static func undated(_ name: String) -> String? {
        let date = name.utf8.suffix(11)
        let isDate = zip(date, "-0000-00-00".utf8).allSatisfy { $1 == UInt8(ascii: "0") ? $0.isDigit : $0 == $1 }
        guard date.count == 11, isDate, name.utf8.count > 11 else { return nil }
        return String(name.utf8.dropLast(11))
    }

    /// The model that a request's body asks for.
    package static func model(askedIn body: [UInt8]) -> String? {
        let parser = JSONParser()
        return (try? parser.parse(body))?["model"]?.string
    }

    private static func read(_ path: String) throws(PriceFileError) -> [UInt8] {
        do {
            return try SmallFile.read(path, atMost: PriceBook.maximumSize)
        } catch {
            throw .unreadable(path: path, reason: error.reason(what: "a price file"))
        }
    }
}

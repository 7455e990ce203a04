import JSON

/// The most that one attempt can take: what is reserved for it before it leaves, and what there is to say of it where
/// nobody saw the answer or the answer did not tell.
///
/// A token stands for at least one byte of what is sent, and no more are written than the request allows, or than its
/// model ever writes.
package struct AttemptBound: Sendable, Equatable {
    package let promptTokens: Int
    /// Over all choices; nil where neither the request nor the price file sets a limit.
    package let outputTokens: Int?
    /// What is read beside what is sent has no bound.
    package let drawsInMore: Bool
    /// Nil where there is no bound, or its price is unknown.
    package let cost: Money?

    /// Why there is no figure.
    package enum Gap: Sendable, Equatable {
        case noLimit
        case drawsInMore
    }

    package var gap: Gap? { outputTokens == nil ? .noLimit : drawsInMore ? .drawsInMore : nil }

    /// Nil where there is no bound.
    package var tokens: Int? { drawsInMore ? nil : outputTokens.map { promptTokens + $0 } }

    /// More than any provider counts an image, which may be large in few bytes, or at an address. The others of a request's
    /// files count a token a byte.
    static let imageTokens = 50_000
    /// Bodies may allow any number of tokens; sums of a few such numbers would pass what an integer holds.
    private static let mostTokens = 1_000_000_000_000

    /// - Parameter askedModel: what the endpoint was asked for in the place of the request's own model.
    package init(_ claim: Claim, price: Pricing?, askedModel: String? = nil) {
        self.init(claim, dearestOf: [Tariff(price, models: askedModel.map { .always($0) } ?? .asAsked)])
    }

    /// Of a request that may go to any of several endpoints.
    package init(_ claim: Claim, dearestOf tariffs: [Tariff], parser: JSONParser = JSONParser()) {
        self.init(
            Request(
                url: claim.url, body: claim.body, attachments: claim.attachments, outputLimit: claim.outputLimit,
                amendment: claim.amendment), tariffs, parser)
    }

    /// Of the first attempt of a request that is being planned.
    package init(_ request: PlannedRequest, dearestOf tariffs: [Tariff], parser: JSONParser) {
        self.init(
            Request(
                url: request.url, body: request.body, attachments: request.attachments,
                outputLimit: request.maximumOutputTokens), tariffs, parser)
    }

    private struct Request {
        var url: String
        var body: [UInt8]
        var attachments: [Attachment]
        var outputLimit: Int?
        var amendment: Amendment?
    }

    private init(_ request: Request, _ tariffs: [Tariff], _ parser: JSONParser) {
        let tariffs = tariffs.isEmpty ? [Tariff(nil)] : tariffs
        let body = try? parser.parse(request.body)
        let model = body?["model"]?.string
        let sent = request.body.count + (request.amendment?.turns?.count ?? 0)
        let references = RequestReferences(body)
        // An image that is a file has its part in the body too.
        let files = request.attachments.filter { !$0.mediaType.hasPrefix("image/") }
        let images = max(references.images, request.attachments.count - files.count)
        let prompt = files.reduce(sent + images * Self.imageTokens) { $0 + $1.bytes }
        promptTokens = prompt
        drawsInMore = references.drawsInMore
        let outputs = tariffs.map { tariff in
            Self.outputTokens(request, body) { tariff.longestAnswer(model: model) }
        }
        let output = Self.greatest(outputs)
        outputTokens = output
        cost =
            references.drawsInMore
            ? nil
            : output.flatMap { output in
                Self.greatest(tariffs.map { $0.most(prompt: prompt, completion: output, model: model) })
            }
    }

    /// Nil where one of them is.
    private static func greatest<Value: Comparable>(_ values: [Value?]) -> Value? {
        let known = values.compactMap { $0 }
        return known.count == values.count ? known.max() : nil
    }

    private static func outputTokens(_ request: Request, _ body: JSONValue?, longest: () -> Int?) -> Int? {
        let kind = AnswerKind(url: request.url)
        // Embeddings and verdicts are not written; images are, by other rules.
        if kind == .results || (kind == .data && request.url.contains("embeddings")) { return 0 }
        let choices = max(Int(clamping: body?["n"]?.integer ?? 1), 1)
        var limit: Int
        if let own = request.outputLimit, own >= 0 {
            limit = max(own, product(request.amendment?.outputLimit ?? 0, choices))
        } else if let longest = longest() {
            limit = product(longest, choices)
        } else {
            return nil
        }
        if kind == .completion, let body { limit = product(limit, completions(body, choices)) }
        return min(limit, mostTokens)
    }

    /// How often the limit counts in a plain completion: for each of its prompts, and for each answer of which only the
    /// best are given.
    private static func completions(_ body: JSONValue, _ choices: Int) -> Int {
        let best = max(Int(clamping: body["best_of"]?.integer ?? 1), choices)
        guard let prompt = body["prompt"], prompt.kind == .array, prompt[0]?.kind != .number else {
            return (best + choices - 1) / choices
        }
        return product(prompt.count, (best + choices - 1) / choices)
    }

    private static func product(_ left: Int, _ right: Int) -> Int {
        let (product, overflow) = left.multipliedReportingOverflow(by: right)
        return overflow ? .max : product
    }
}

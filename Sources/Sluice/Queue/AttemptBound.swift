/// The most that one attempt can have taken: what there is to say of a request whose answer nobody saw.
///
/// A token stands for at least one byte of what is sent, and no more are written than the request allows.
package struct AttemptBound: Sendable, Equatable {
    package let promptTokens: Int
    /// Over all choices; nil where the request sets no limit.
    package let outputTokens: Int?
    /// Nil where the request sets no limit, or its price is unknown.
    package let cost: Money?

    /// Nil where the request sets no limit.
    package var tokens: Int? { outputTokens.map { promptTokens + $0 } }

    /// The most tokens that an image counts as. The others of a request's files count a token a byte.
    static let imageTokens = 50_000
    /// Bodies may allow any number of tokens; sums of a few such numbers would pass what an integer holds.
    private static let mostTokens = 1_000_000_000_000

    /// - Parameter askedModel: what the endpoint was asked for in the place of the request's own model.
    package init(_ claim: Claim, price: Pricing?, askedModel: String? = nil) {
        let sent = claim.body.count + (claim.amendment?.turns?.count ?? 0)
        promptTokens = claim.attachments.reduce(sent) { sum, file in
            sum + (file.mediaType.hasPrefix("image/") ? min(file.bytes, Self.imageTokens) : file.bytes)
        }
        let prompt = promptTokens
        outputTokens = Self.outputTokens(claim).map { min($0, Self.mostTokens) }
        cost = outputTokens.flatMap { output in
            price?.price(promptTokens: prompt, servedModel: nil, tier: nil) {
                askedModel ?? Pricing.model(askedIn: claim.body)
            }?
            .most(prompt: prompt, completion: output)
        }
    }

    /// The same where any of several endpoints may have been asked: by the dearest.
    package init(_ claim: Claim, prices: [Pricing?]) {
        let bounds = (prices.isEmpty ? [nil] : prices).map { AttemptBound(claim, price: $0) }
        let costs = bounds.compactMap(\.cost)
        promptTokens = bounds[0].promptTokens
        outputTokens = bounds[0].outputTokens
        cost = costs.count == bounds.count ? costs.max() : nil
    }

    /// A limit that was raised counts as many times as the request's own does, which is that of all its choices.
    private static func outputTokens(_ claim: Claim) -> Int? {
        guard let limit = claim.outputLimit, let raised = claim.amendment?.outputLimit,
            let own = RequestAmendment.outputLimit(of: claim.body)?.value, own > 0
        else { return claim.outputLimit }
        let (product, overflow) = raised.multipliedReportingOverflow(by: max(limit / own, 1))
        return overflow ? .max : max(limit, product)
    }
}

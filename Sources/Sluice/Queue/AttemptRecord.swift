/// What became of one attempt, ready to be recorded.
package struct AttemptRecord: Sendable {
    package enum Disposition: Sendable {
        /// The request has its result.
        case settled(ResultClass, answer: [UInt8]?)
        /// The request waits to be tried again.
        case again(notBefore: Timestamp)
        /// The request is as it was before the claim: the attempt told nothing of it.
        case released
    }

    /// How the ledger names it.
    package enum Ending: String, Sendable {
        case ok, truncated, refused, filtered, invalid, failed
        case retried, throttled, stopped, unknown, unsent
    }

    package var requestID: Int64
    package var attemptID: Int64
    package var claimedAt: Timestamp
    /// Whom it was sent to, of several; nil where there is but one.
    package var endpoint: EndpointLabel?
    /// The model that was asked for there, where it is not the request's own.
    package var askedModel: String?
    package var sentAt: Timestamp?
    package var endedAt: Timestamp
    package var ending: Ending
    package var disposition: Disposition
    package var possiblyBilled = false
    package var status: Int?
    package var errorCode: String?
    package var error: String?
    package var providerRequestID: String?
    package var finishReason: String?
    package var model: String?
    package var serviceTier: String?
    package var firstByte: Duration?
    /// Of a streamed answer: from the send to its first text.
    package var firstToken: Duration?
    /// Of a streamed answer: between its first text and its last.
    package var tokensPerSecond: Double?
    /// The limit of tokens, where it was raised beyond the request's own.
    package var outputLimit: Int?
    package var usage: Usage?
    package var cost: Money?
    /// The most that it can have taken of what nobody told; nil where that is known, where it cost nothing, and where
    /// there is no saying.
    package var tokensAtMost: Int?
    package var costAtMost: Money?
    /// What came, where it does not settle the request.
    package var keptAnswer: [UInt8]?
    /// What the next attempt sends beyond the body.
    package var amendment: Amendment?

    package init(
        claim: Claim, sentAt: Timestamp?, endedAt: Timestamp, ending: Ending, disposition: Disposition
    ) {
        requestID = claim.requestID
        attemptID = claim.attemptID
        claimedAt = claim.claimedAt
        outputLimit = claim.amendment?.outputLimit
        self.sentAt = sentAt
        self.endedAt = endedAt
        self.ending = ending
        self.disposition = disposition
    }

}

extension AttemptRecord {
    /// Settles the request in `resultClass`.
    mutating func settle(_ resultClass: ResultClass, answer: [UInt8]?) {
        ending = Ending(resultClass)
        disposition = .settled(resultClass, answer: answer)
    }

    /// No byte of the request has left.
    mutating func markUnsent() {
        ending = .unsent
        sentAt = nil
    }

    /// Takes over what was read from the answer.
    mutating func take(_ outcome: Outcome, _ reply: TransportReply, price: Pricing?, claim: Claim) {
        possiblyBilled = outcome.possiblyBilled
        status = outcome.status
        errorCode = outcome.errorCode
        error = outcome.errorMessage
        providerRequestID = outcome.requestID
        finishReason = outcome.finishReason
        model = outcome.servedModel
        serviceTier = outcome.serviceTier.flatMap { tier in
            tier.utf8.count > 64 ? SafeText.make([UInt8](tier.utf8)[...], limit: 64) : tier
        }
        firstByte = reply.firstByte
        firstToken = reply.firstText
        usage = outcome.usage?.believable
        cost = outcome.reportedPicoDollars.map(Money.init(picoDollars:))
        // No `flatMap`: its closure would copy the reply.
        if let usage {
            tokensPerSecond = reply.textRate(of: usage)
            if cost == nil, let price {
                cost = price.cost(of: usage, servedModel: model, tier: serviceTier) {
                    askedModel ?? claim.model ?? Pricing.model(askedIn: claim.body)
                }
            }
        }
        takeBound(of: claim, price: price, askedModel: askedModel)
    }

    private mutating func takeBound(of claim: Claim, price: Pricing?, askedModel: String?) {
        guard mayHaveCost else { return }
        if usage?.totalTokens == nil, let prompt = usage?.promptTokens, let completion = usage?.completionTokens {
            tokensAtMost = prompt + completion
        }
        let isUntold = usage?.totalTokens == nil && tokensAtMost == nil
        guard isUntold || (cost == nil && price != nil) else { return }
        let bound = AttemptBound(claim, price: price, askedModel: askedModel)
        if isUntold { tokensAtMost = bound.tokens }
        if cost == nil { costAtMost = bound.cost }
    }

    var isSettled: Bool {
        if case .settled = disposition { true } else { false }
    }

    /// From the send to the end; nil where nothing was sent.
    var latencyMilliseconds: Int64? {
        // Timestamps are nanoseconds: a Duration between would be 128 bits wide, and cost more to take apart.
        sentAt.map { endedAt.nanoseconds.subtractingReportingOverflow($0.nanoseconds).partialValue / 1_000_000 }
    }

    /// Counts the attempt, and the request where it is settled by it.
    func count(into totals: inout RunTotals) {
        guard ending != .unsent else { return }
        guard sentAt != nil else {
            // Settled without having been sent, as where a file is gone.
            if case .settled(let resultClass, _) = disposition { totals[resultClass] += 1 }
            return
        }
        totals.attempts += 1
        if possiblyBilled { totals.possiblyBilled += 1 }
        if let usage, usage.saysAnything {
            totals.promptTokens += usage.promptTokens ?? 0
            totals.completionTokens += usage.completionTokens ?? 0
            totals.cachedTokens += usage.cachedTokens ?? 0
            totals.reasoningTokens += usage.reasoningTokens ?? 0
            totals.totalTokens += usage.totalTokens ?? 0
        } else if isAnswered {
            totals.usageAbsent += 1
        }
        if let cost {
            totals.cost += cost
        } else if mayHaveCost {
            totals.costUnknown += 1
        }
        totals.possible.add(tokens: tokensAtMost, cost: costAtMost)
        switch disposition {
        case .settled(let resultClass, _): totals[resultClass] += 1
        case .again:
            // One that a stopped endpoint turned away goes on elsewhere, and is none of its row's faults.
            if ending != .throttled, ending != .stopped { totals.retries += 1 }
        case .released: break
        }
        if ending == .throttled { totals.throttles += 1 }
    }

    /// An answer came, for which the model may have worked; a request that was turned away cost nothing.
    private var isAnswered: Bool { status.map { (200..<300).contains($0) } ?? false }

    var mayHaveCost: Bool { isAnswered || possiblyBilled }
}

extension AttemptRecord.Ending {
    init(_ resultClass: ResultClass) {
        switch resultClass {
        case .ok: self = .ok
        case .truncated: self = .truncated
        case .refused: self = .refused
        case .filtered: self = .filtered
        case .invalid: self = .invalid
        case .failed, .skipped, .unsent: self = .failed
        }
    }
}

extension TransportReply {
    /// Tokens of text a second, between the first text of a stream and its last; reasoning came before the first, or
    /// not at all.
    fileprivate func textRate(of usage: Usage) -> Double? {
        guard let firstText, let lastText, lastText > firstText, let completion = usage.completionTokens else {
            return nil
        }
        return Double(max(0, completion - (usage.reasoningTokens ?? 0))) / (lastText - firstText).inSeconds
    }

    /// The answer's body, or as much of it as came.
    var body: [UInt8]? {
        switch result {
        case .success(let answer): answer.stream?.document ?? answer.body
        case .failure(let failure): failure.partial.map { $0.stream?.document ?? $0.body }
        }
    }
}

extension Usage {
    /// Whether it holds a count that the ledger keeps.
    var saysAnything: Bool {
        promptTokens != nil || completionTokens != nil || totalTokens != nil || cachedTokens != nil
            || reasoningTokens != nil
    }

    /// Without counts that no answer can have: a sum of a few such would pass what an integer holds.
    var believable: Usage {
        func checked(_ count: Int?) -> Int? { count.flatMap { (0...1_000_000_000).contains($0) ? $0 : nil } }
        return Usage(
            promptTokens: checked(promptTokens), completionTokens: checked(completionTokens),
            totalTokens: checked(totalTokens), cachedTokens: checked(cachedTokens),
            cacheWriteTokens: checked(cacheWriteTokens), reasoningTokens: checked(reasoningTokens))
    }
}

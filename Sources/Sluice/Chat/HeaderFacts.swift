/// The few things in an answer's head that decide or are recorded, found in one walk over it.
struct HeaderFacts {
    var requestID: String?
    var reportedPicoDollars: Int64?
    var isEventStream = false
    /// `x-should-retry`.
    var shouldRetry: Bool?

    /// - Parameter secrets: removed from the identifier.
    init(_ headers: HTTPHeaders, secrets: [[UInt8]] = []) {
        var identifier: Range<Int>?
        var bestRank = Int.max
        headers.forEach(of: Self.names) { meaning, value in
            switch meaning {
            case .contentType: isEventStream = headers.begins(value, "text/event-stream")
            case .shouldRetry:
                let isTrue = headers.matches(value, "true")
                shouldRetry = isTrue || headers.matches(value, "false") ? isTrue : nil
            case .cost: reportedPicoDollars = ReportedCost.picoDollars(headers.block[value])
            case .identifier(let rank) where rank < bestRank && !value.isEmpty:
                bestRank = rank
                identifier = value
            case .identifier: break
            }
        }
        requestID = identifier.flatMap { SafeText.make(headers.block[$0], limit: 200, redacting: secrets) }
    }

    private enum Meaning: Sendable {
        case contentType, shouldRetry, cost
        case identifier(rank: Int)
    }

    private static let names = HeaderNames<Meaning>(
        [
            ("content-type", .contentType), ("x-should-retry", .shouldRetry), ("x-litellm-response-cost", .cost),
        ] + identifiers.enumerated().map { ($1, .identifier(rank: $0)) })

    /// By how far each helps the one who is asked about it: the provider's own first, the network's last.
    ///
    /// OpenAI and most others; Anthropic; Azure; Mistral; DeepSeek; OpenRouter; Bedrock; Azure's older name; LiteLLM;
    /// Cloudflare.
    private static let identifiers = [
        "x-request-id", "request-id", "apim-request-id", "mistral-correlation-id", "x-ds-trace-id", "x-generation-id",
        "x-amzn-requestid", "x-ms-request-id", "x-litellm-call-id", "cf-ray",
    ]
}

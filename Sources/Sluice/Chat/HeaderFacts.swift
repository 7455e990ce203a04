/// The few things in an answer's head that decide or are recorded, found in one walk over it.
struct HeaderFacts {
    var requestID: String?
    var reportedPicoDollars: Int64?
    var isEventStream = false
    /// `x-should-retry`.
    var shouldRetry: Bool?

    /// - Parameter secrets: removed from the identifier.
    init(_ headers: HTTPHeaders, secrets: [[UInt8]] = []) {
        var identifier: HTTPHeaders.Field?
        var rank = Self.identifiers.count
        for field in headers.fields {
            let name = headers.block[field.name]
            if name.equalsIgnoringCase("content-type") {
                isEventStream = headers.block[field.value].startsIgnoringCase("text/event-stream")
            } else if name.equalsIgnoringCase("x-should-retry") {
                let value = headers.block[field.value]
                shouldRetry = value.equalsIgnoringCase("true") ? true : value.equalsIgnoringCase("false") ? false : nil
            } else if name.equalsIgnoringCase("x-litellm-response-cost") {
                reportedPicoDollars = ReportedCost.picoDollars(headers.block[field.value])
            } else if !field.value.isEmpty,
                let found = Self.identifiers[..<rank].firstIndex(where: name.equalsIgnoringCase)
            {
                rank = found
                identifier = field
            }
        }
        requestID = identifier.flatMap { SafeText.make(headers.block[$0.value], limit: 200, redacting: secrets) }
    }

    /// By how far each helps the one who is asked about it: the provider's own first, the network's last.
    ///
    /// OpenAI and most others; Anthropic; Azure; Mistral; DeepSeek; OpenRouter; Bedrock; Azure's older name; LiteLLM;
    /// Cloudflare.
    private static let identifiers: [StaticString] = [
        "x-request-id", "request-id", "apim-request-id", "mistral-correlation-id", "x-ds-trace-id", "x-generation-id",
        "x-amzn-requestid", "x-ms-request-id", "x-litellm-call-id", "cf-ray",
    ]
}

/// What holds for a job's endpoints together, and for each of them.
extension Job {
    package func limits(of endpoint: Endpoint) -> Limits { endpoint.limits ?? limits }

    package func price(of endpoint: Endpoint) -> PriceSource? { endpoint.price ?? price }

    /// Whether `stream_options` may go into bodies that lack it. A body is the same for all endpoints: where one of them
    /// refuses the key, it stays out.
    package var asksForUsage: Bool { endpoints.allSatisfy(\.asksForUsage) }

    /// The limit of tokens that a prompt must fit under to be sent at all: the narrowest of each endpoint's, the widest of
    /// these. Nil where an endpoint has none.
    package var widestTokenLimit: (key: String, limit: Int)? {
        var widest: (key: String, limit: Int)?
        for endpoint in endpoints {
            let limits = limits(of: endpoint)
            let all = [
                ("tokens_per_minute", limits.tokensPerMinute), ("tokens_per_day", limits.tokensPerDay),
                ("input_tokens_per_minute", limits.inputTokensPerMinute),
            ].compactMap { key, limit in limit.map { (key: key, limit: $0) } }
            guard let narrowest = all.min(by: { $0.limit < $1.limit }) else { return nil }
            if narrowest.limit > widest?.limit ?? 0 { widest = narrowest }
        }
        return widest
    }

    /// All base URLs, for the queue's `runs.endpoint`.
    package var endpointURLs: String {
        var urls: [String] = []
        for endpoint in endpoints where !urls.contains(endpoint.baseURL.text) { urls.append(endpoint.baseURL.text) }
        return urls.joined(separator: Self.urlSeparator)
    }

    /// Of the URLs that a run was sent to, those that this job does not send to.
    package func foreignURLs(in endpointURLs: String) -> [String] {
        endpointURLs.split(separator: Self.urlSeparator).map(String.init)
            .filter { url in !endpoints.contains { $0.baseURL.text == url } }
    }

    /// No URL has a blank.
    private static let urlSeparator = ", "
}

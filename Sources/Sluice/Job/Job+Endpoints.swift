/// What holds for a job's endpoints together, and for each of them.
extension Job {
    package func limits(of endpoint: Endpoint) -> Limits { endpoint.limits ?? limits }

    package func price(of endpoint: Endpoint) -> PriceSource? { endpoint.price ?? price }

    /// Whether `stream_options` may go into bodies that lack it. A body is the same for all endpoints: where one of them
    /// refuses the key, it stays out.
    package var asksForUsage: Bool { endpoints.allSatisfy(\.asksForUsage) }

    /// The tokens that fit under the widest of the endpoints' limits by the minute; nil where one has none.
    package var mostTokensPerMinute: Int? {
        var most = 0
        for endpoint in endpoints {
            guard let limit = limits(of: endpoint).tokensPerMinute else { return nil }
            most = max(most, limit)
        }
        return most
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

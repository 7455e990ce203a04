/// A server that speaks the API: where it is, how to reach it and where its key is found; where a job has several, also
/// what sets it apart from them.
package struct Endpoint: Sendable, Equatable {
    /// The header that carries the key.
    package enum KeyHeader: String, Sendable, CaseIterable {
        /// `Authorization: Bearer KEY`
        case bearer
        /// `api-key: KEY`, as Azure has it.
        case apiKey = "api-key"
    }

    package enum HTTPVersion: String, Sendable, CaseIterable {
        case automatic = "auto"
        case http1 = "1.1"
        case http2 = "2"
    }

    /// Whether streams are asked to tell their usage, where their request does not say so itself.
    package enum UsageRequest: String, Sendable, CaseIterable {
        /// Unless the endpoint is known to refuse it.
        case automatic = "auto"
        case always
        case never
    }

    /// A name and a value: a header line or a part of the query, as written.
    package struct Field: Sendable, Equatable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package var baseURL: BaseURL
    /// Nil for a server that wants no key.
    package var key: KeySource?
    package var keyHeader: KeyHeader = .bearer
    /// Further header lines, in written order.
    package var headers: [Field] = []
    /// Added to every URL, in written order, percent-encoded when it is built.
    package var query: [Field] = []
    package var httpVersion: HTTPVersion = .automatic
    package var usageRequest: UsageRequest = .automatic
    /// A PEM file of the authorities to trust instead of the system's.
    package var authorityFile: String?
    /// True when the server's certificate is not checked.
    package var insecure = false

    /// Nil for the only one of a job.
    package var name: String?
    /// Its share of the requests in flight beside the others, all else being equal; above 0.
    package var weight = 1.0
    package var models = ModelNames.asAsked
    /// Nil takes the job's.
    package var limits: Limits?
    /// Nil takes the job's.
    package var price: PriceSource?

    package init(baseURL: BaseURL) {
        self.baseURL = baseURL
    }

    package static let weightRange = 0.001...1000.0

    package var label: EndpointLabel { EndpointLabel(name: name, url: baseURL.text) }

    /// Whether `stream_options` may go into bodies that lack it.
    package var asksForUsage: Bool {
        switch usageRequest {
        case .always: return true
        case .never: return false
        case .automatic: break
        }
        let host = baseURL.host.lowercased()
        // Mistral answers 422 to keys that it does not know, and its streams tell their usage unasked.
        if host == "api.mistral.ai" { return false }
        // Azure knows the key since this version of its API.
        if host.hasSuffix(".openai.azure.com"), let version = query.first(where: { $0.name == "api-version" }) {
            return version.value >= "2024-09-01"
        }
        return true
    }

    /// The whole URL for a request's path: base, path and query.
    ///
    /// A leading `/v1` of the path stands for the base URL's own path where it has one. So batch lines, which carry
    /// `/v1/chat/completions`, work against every base that documentation gives:
    ///
    ///     https://api.example.com                    + /v1/chat/completions → https://api.example.com/v1/chat/completions
    ///     https://api.example.com/v1                 + /v1/chat/completions → https://api.example.com/v1/chat/completions
    ///     https://example.com/openai/deployments/dep + /v1/chat/completions → …/openai/deployments/dep/chat/completions
    ///     https://api.example.com/v1                 + /chat/completions    → https://api.example.com/v1/chat/completions
    package func url(forPath path: String) -> String {
        var url = baseURL.text
        if baseURL.hasPath && path.hasPrefix("/v1/") {
            url += path.dropFirst(3)
        } else {
            url += path
        }
        var separator: Character = path.contains("?") ? "&" : "?"
        for field in query {
            url.append(separator)
            url += Self.percentEncoded(field.name) + "=" + Self.percentEncoded(field.value)
            separator = "&"
        }
        return url
    }

    /// RFC 3986's unreserved characters stay, all other bytes become `%XX`.
    private static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

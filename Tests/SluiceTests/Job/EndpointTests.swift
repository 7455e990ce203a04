import Testing

@testable import Sluice

@Suite struct EndpointTests {
    @Test(arguments: [
        ("https://direct.evolink.ai", "/v1/chat/completions", "https://direct.evolink.ai/v1/chat/completions"),
        ("https://direct.evolink.ai/", "/v1/chat/completions", "https://direct.evolink.ai/v1/chat/completions"),
        ("https://direct.evolink.ai/v1", "/v1/chat/completions", "https://direct.evolink.ai/v1/chat/completions"),
        ("https://direct.evolink.ai/v1//", "/chat/completions", "https://direct.evolink.ai/v1/chat/completions"),
        ("https://openrouter.ai/api/v1", "/v1/chat/completions", "https://openrouter.ai/api/v1/chat/completions"),
        (
            "https://r.example/openai/deployments/d", "/v1/chat/completions",
            "https://r.example/openai/deployments/d/chat/completions"
        ),
        ("http://localhost:8080", "/chat/completions", "http://localhost:8080/chat/completions"),
        ("http://[::1]:8080/v1", "/v1/embeddings", "http://[::1]:8080/v1/embeddings"),
        ("https://x.example/v1beta/openai", "/v1/chat/completions", "https://x.example/v1beta/openai/chat/completions"),
    ])
    func baseAndPathCombine(base: String, path: String, url: String) throws {
        #expect(Endpoint(baseURL: try BaseURL(base)).url(forPath: path) == url)
    }

    @Test func queryIsEncodedAndAppended() throws {
        var endpoint = Endpoint(baseURL: try BaseURL("https://r.example/openai/deployments/d"))
        endpoint.query = [.init(name: "api-version", value: "2024-10-21"), .init(name: "a b", value: "ü&=")]
        #expect(
            endpoint.url(forPath: "/v1/chat/completions")
                == "https://r.example/openai/deployments/d/chat/completions?api-version=2024-10-21&a%20b=%C3%BC%26%3D")
        #expect(endpoint.url(forPath: "/x?y=1").hasSuffix("/x?y=1&api-version=2024-10-21&a%20b=%C3%BC%26%3D"))
    }

    @Test(arguments: [
        ("ftp://x", "must begin with https:// or http://"),
        ("direct.evolink.ai/v1", "must begin with https:// or http://"),
        ("https://", "names no host"), ("https:///v1", "names no host"), ("https://:80", "names no host"),
        ("https://a:0/", "must have a port from 1 to 65535 after the ':'"),
        ("https://a:99999", "must have a port from 1 to 65535 after the ':'"),
        ("https://a:", "must have a port from 1 to 65535 after the ':'"),
        ("https://a:+1", "must have a port from 1 to 65535 after the ':'"),
        ("https://[::1", "has a '[' without its ']'"), ("https://[::1]x", "has something other than a port after ']'"),
        ("https://user:secret@a", "must hold no user or password; name the key's variable in key_env:"),
        ("https://a/v1?k=1", "must have no '?'; write its parameters under query:"),
        ("https://a/#x", "must have no '#'"),
        ("https://a b", "has a space, a control character or a letter outside ASCII; percent-encode it"),
        ("https://ä.example", "has a space, a control character or a letter outside ASCII; percent-encode it"),
    ])
    func faultyBases(base: String, reason: String) {
        #expect(throws: BaseURL.Fault(description: reason)) { try BaseURL(base) }
    }

    @Test func baseKnowsItsParts() throws {
        let base = try BaseURL("HTTPS://Example.com:8443/v1/")
        #expect(base.host == "Example.com")
        #expect(base.isSecure)
        #expect(base.hasPath)
        #expect(base.text == "HTTPS://Example.com:8443/v1")
    }
}

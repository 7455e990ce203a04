import Testing

@testable import Sluice

/// What is put into a body about streaming, and above all what is not.
@Suite struct StreamMembersTests {
    private static let usage = #","stream_options":{"include_usage":true}"#

    private func body(
        _ members: String = "", streams: Bool = false, usage: Endpoint.UsageRequest = .automatic, url: String? = nil
    ) throws -> String {
        var job = try makeJob(url: url)
        job.streams = streams
        job.endpoint.usageRequest = usage
        let url = url ?? "/v1/chat/completions"
        let body =
            url.hasSuffix("chat/completions")
            ? #"{"model":"m","messages":[{"role":"user","content":"x"}]\#(members)}"#
            : #"{"model":"m","input":"x","prompt":"x"\#(members)}"#
        let line = #"{"custom_id":"a","method":"POST","url":"\#(url)","body":\#(body)}"#
        let sent = try #require(try render(line, job).request).body
        return String(decoding: sent, as: UTF8.self).replacing(body.dropLast(), with: "")
    }

    @Test(arguments: ["", #","stream":false"#, #","stream":null"#, #","stream_options":{}"#, #","n":1"#])
    func nothingIsPutIntoAnUnstreamedRequest(members: String) throws {
        #expect(try body(members) == "}")
    }

    @Test func aStreamIsAskedForItsUsage() throws {
        #expect(try body(#","stream":true"#) == Self.usage + "}")
        #expect(try body(#","stream":true"#, url: "/v1/completions") == Self.usage + "}")
    }

    @Test func whatTheRequestSaysItselfStands() throws {
        #expect(try body(#","stream":true,"stream_options":{"include_usage":false}"#) == "}")
        #expect(try body(#","stream":true,"stream_options":null"#) == "}")
        #expect(try body(#","stream":false"#, streams: true) == "}")
    }

    @Test func theWishToStreamIsPutWhereNothingIsSaid() throws {
        #expect(try body(streams: true) == #","stream":true"# + Self.usage + "}")
        #expect(try body(#","stream":true"#, streams: true) == Self.usage + "}")
        #expect(try body(streams: true, url: "/v1/responses") == #","stream":true}"#)
        #expect(try body(streams: true, url: "/v1/embeddings") == "}")
        #expect(try body(streams: true, url: "/v1/moderations") == "}")
    }

    @Test func itCanBeTurnedOff() throws {
        #expect(try body(#","stream":true"#, usage: .never) == "}")
        #expect(try body(streams: true, usage: .never) == #","stream":true}"#)
    }

    @Test(
        arguments: [
            ("https://api.mistral.ai/v1", nil, false), ("https://API.Mistral.AI/v1", nil, false),
            ("https://mistral.ai.example/v1", nil, true),
            ("https://x.openai.azure.com/openai/deployments/d", "2024-06-01", false),
            ("https://x.openai.azure.com/openai/deployments/d", "2024-09-01-preview", true),
            ("https://x.openai.azure.com/openai/deployments/d", "2024-10-21", true),
            ("https://x.openai.azure.com/openai/v1", nil, true), ("http://127.0.0.1:8000/v1", nil, true),
        ] as [(String, String?, Bool)])
    func anEndpointThatRefusesItIsNotAsked(base: String, version: String?, asked: Bool) throws {
        var endpoint = Endpoint(baseURL: try BaseURL(base))
        endpoint.query = version.map { [Endpoint.Field(name: "api-version", value: $0)] } ?? []
        #expect(endpoint.asksForUsage == asked)
        endpoint.usageRequest = .always
        #expect(endpoint.asksForUsage)
    }

    @Test func aTemplatesBodyIsCompletedToo() throws {
        var job = try makeJob(request: "model: m\nstream: true\nmessages: [{role: user, content: '{{text}}'}]")
        let sent = try #require(try render(["text"], ["a } b"], job).request).body
        #expect(String(decoding: sent, as: UTF8.self).hasSuffix(#""content":"a } b"}]"# + Self.usage + "}"))
        job.endpoint.usageRequest = .never
        #expect(
            try #require(try render(["text"], ["a"], job).request).fingerprint
                != #require(try render(["text"], ["b"], job).request).fingerprint)
    }
}

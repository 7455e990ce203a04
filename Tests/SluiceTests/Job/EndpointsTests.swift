import Testing

@testable import Sluice

/// `endpoints:` in a job file.
@Suite struct EndpointsTests {
    private func job(_ text: String) throws -> Job {
        try JobFile.parse(text: "input: a.jsonl\n\(text)", path: "jobs/x.yaml")
    }

    @Test func everyField() throws {
        let job = try job(
            """
            limits: {concurrency: 50, requests_per_minute: 600, maximum_answer: 1MiB}
            price: {per_million: {input: 1, output: 2}}
            endpoints:
              - base_url: https://a.example/v1
                key_env: A_KEY
              - name: west
                base_url: http://127.0.0.1:8001/v1
                key_file: west.key
                key_header: api-key
                headers: {X-Title: Sluice}
                insecure: true
                weight: 2.5
                model: qwen
                limits: {concurrency: 8}
                price: {per_million: {input: 0, output: 0}}
              - base_url: http://127.0.0.1:8002/v1
                models: {gpt-5.2: qwen-8b, gpt-5.2-mini: qwen-4b}
                limits: {requests_per_minute: 60, tokens_per_minute: 1000}
            """)
        #expect(job.endpoints.map(\.name) == ["a.example", "west", "127.0.0.1:8002"])
        #expect(
            job.endpoints.map(\.baseURL.text) == [
                "https://a.example/v1", "http://127.0.0.1:8001/v1", "http://127.0.0.1:8002/v1",
            ])
        #expect(job.endpoints.map(\.key) == [.environment("A_KEY"), .file("jobs/west.key"), nil])
        #expect(job.endpoints.map(\.weight) == [1, 2.5, 1])
        #expect(job.endpoints[1].keyHeader == .apiKey)
        #expect(job.endpoints[1].insecure)
        #expect(
            job.endpoints.map(\.models.self) == [
                .asAsked, .always("qwen"), .each(["gpt-5.2": "qwen-8b", "gpt-5.2-mini": "qwen-4b"]),
            ])
        // What an endpoint does not state is as for the job.
        let limits = job.endpoints.map { job.limits(of: $0) }
        #expect(limits.map(\.concurrency) == [.fixed(50), .fixed(8), .fixed(50)])
        #expect(limits.map(\.requestsPerMinute) == [600, 600, 60])
        #expect(limits.map(\.tokensPerMinute) == [nil, nil, 1000])
        #expect(limits.allSatisfy { $0.maximumAnswer == .mebibytes(1) })
        let free = PriceSource.perMillion(Price(input: .zero, output: .zero))
        #expect(job.endpoints.map { job.price(of: $0) } == [job.price, free, job.price])
        #expect(
            job.endpointURLs == "https://a.example/v1, http://127.0.0.1:8001/v1, http://127.0.0.1:8002/v1")
        #expect(job.foreignURLs(in: "https://a.example/v1, https://c.example") == ["https://c.example"])
        #expect(job.widestTokenLimit == nil)
    }

    @Test func theOnlyEndpointHasNoName() throws {
        let job = try job("endpoint: {base_url: https://a.example/v1}")
        #expect(job.endpoints.map(\.name) == [nil])
        #expect(job.endpoints[0].label.description == "https://a.example/v1")
    }

    @Test func theWidestLimitDecidesWhatFits() throws {
        let job = try job(
            """
            limits: {tokens_per_minute: 500}
            endpoints:
              - {base_url: http://a}
              - {base_url: http://b, limits: {tokens_per_minute: 2000, input_tokens_per_minute: 1500}}
            """)
        #expect(job.widestTokenLimit?.key == "input_tokens_per_minute")
        #expect(job.widestTokenLimit?.limit == 1500)
    }

    /// The ledger knows the only one by its URL, in a list or not.
    @Test func theOnlyOneOfAListHasNoName() throws {
        #expect(try job("endpoints: [{base_url: http://a, name: east}]").endpoints.map(\.name) == [nil])
    }

    @Test func usageIsAskedForWhereAllTakeIt() throws {
        let one = "{base_url: https://api.mistral.ai/v1}"
        let other = "{base_url: http://b}"
        #expect(try !job("endpoints: [\(one), \(other)]").asksForUsage)
        #expect(try job("endpoints: [\(other), {base_url: http://c}]").asksForUsage)
    }

    @Test(arguments: [
        (
            "endpoint: {base_url: http://a}\nendpoints: [{base_url: http://b}]",
            "3:12: endpoints: cannot stand beside endpoint; keep one of them"
        ),
        ("name: x", "1:1: 'endpoint' is missing; write endpoint: {base_url: https://…}"),
        ("endpoints: []", "2:12: endpoints: must be a list of endpoints, each with its base_url"),
        (
            "endpoints: {base_url: http://a}",
            "2:12: endpoints: must be a list of endpoints, each with its base_url"
        ),
        ("endpoints: [http://a]", "2:13: 'endpoints' must be a list of 'key: value' lines"),
        ("endpoints: [{name: a}]", "2:13: 'base_url' is missing in endpoints; write base_url: https://…"),
        (
            "endpoints:\n  - base_url: http://a\n  - base_url: http://a/v1",
            "4:15: base_url: another endpoint is called 'a'; give each a name of its own"
        ),
        (
            "endpoints:\n  - {name: n, base_url: http://a}\n  - {name: n, base_url: http://b}",
            "4:12: name: another endpoint is called 'n'; give each a name of its own"
        ),
        (
            "endpoints: [{name: a b, base_url: http://a}]",
            "2:20: name: may have letters, digits, '.', '_' and '-' only, and begins with a letter or digit"
        ),
        ("endpoints: [{base_url: http://a, weight: 0}]", "2:42: weight: must be from 0.001 to 1000"),
        ("endpoints: [{base_url: http://a, weight: -1}]", "2:42: weight: must be from 0.001 to 1000"),
        ("endpoints: [{base_url: http://a, weight: much}]", "2:42: weight: must be a number"),
        ("endpoints: [{base_url: http://a, weight: [1]}]", "2:42: weight: must be a number"),
        (
            "endpoints: [{base_url: http://a, model: x, models: {a: b}}]",
            "2:52: models: cannot stand beside model; keep one of them"
        ),
        (
            "endpoints: [{base_url: http://a, models: {a: ''}}]",
            "2:43: models: 'a' needs a name after it"
        ),
        ("endpoints: [{base_url: http://a, models: x}]", "2:42: models: must be a list of 'name: value' lines"),
        (
            "endpoints: [{base_url: http://a, limits: {concurrency: 0}}]",
            "2:56: concurrency: must be from 1 to 65536"
        ),
        (
            "endpoints: [{base_url: http://a, wieght: 2}]",
            "2:34: unknown key 'wieght' in endpoints; did you mean 'weight'?"
        ),
        (
            "endpoint: {base_url: http://a, weight: 2}",
            "2:32: unknown key 'weight' in endpoint; the keys are base_url, key_env, key_file, key_header, headers, "
                + "organization, project, query, http_version, include_usage, ca_file, insecure"
        ),
        (
            "endpoints: [{base_url: http://a, price: {per_million: {input: 1}}}]",
            "2:55: 'output' is missing in endpoints.price.per_million; write output: 14"
        ),
        (
            "endpoints: [{base_url: http://a, key_env: sk-proj-12}]",
            "2:43: key_env: must be the name of an environment variable, not the key itself"
        ),
    ])
    func faults(text: String, message: String) {
        let error = #expect(throws: JobFileError.self) { try job(text) }
        #expect(error?.description == "jobs/x.yaml:" + message)
    }

    @Test func thereAreNotMoreThanCanBeKeptApart() throws {
        let entries = (0..<65).map { "{base_url: http://h\($0)}" }
        #expect(throws: JobFileError.self) { try job("endpoints: [\(entries.joined(separator: ", "))]") }
        #expect(try job("endpoints: [\(entries.prefix(64).joined(separator: ", "))]").endpoints.count == 64)
    }

    @Test func theDearestPriceIsReckonedWith() throws {
        func price(_ input: String) -> Pricing {
            Pricing(Price(input: Money(dollars: input) ?? .zero, output: .zero))
        }
        var estimate = PlanEstimate()
        estimate.add(promptTokens: 1_000_000, outputLimit: 10)
        estimate.price(by: [price("1"), price("3"), price("2")], rows: 1)
        #expect(estimate.cost?.prompts == Money(dollars: "3"))
        estimate.price(by: [price("1"), nil], rows: 1)
        #expect(estimate.cost == nil)
    }
}

import Testing

@testable import Sluice

@Suite struct JobFileTests {
    static let minimal = "input: a.csv\nendpoint: {base_url: 'https://x.example/v1'}\n"

    @Test func everyField() throws {
        let job = try JobFile.parse(
            text: """
                name: summaries
                input: ../examples/articles.csv
                id: "{{id}}"
                url: /v1/chat/completions
                endpoint:
                  base_url: https://direct.evolink.ai/v1
                  key_env: EVOLINK_API_KEY
                  key_header: api-key
                  headers: {X-Title: Sluice, HTTP-Referer: "https://x.example"}
                  query: {api-version: 2024-10-21}
                  http_version: "1.1"
                  ca_file: ca.pem
                  insecure: true
                request:
                  model: gpt-5.2
                  temperature: 0.20
                  messages:
                    - {role: system, content: "You summarise in one sentence."}
                    - {role: user, content: "{{title}}\\n\\n{{text}}"}
                limits: {concurrency: 8, requests_per_minute: 500, tokens_per_minute: 200000,
                  maximum_answer: 1MiB}
                retry: {attempts: 3, base: 1s, cap: 2m}
                timeouts: {connect: 5s, first_byte: 1m, idle: 500ms, total: 1h}
                price: {per_million: {input: 1.75, cached_input: 0.175, cache_write: 2, output: 14, reasoning: 15}}
                output: {results: out/summaries.jsonl, format: csv, errors: /tmp/errors.jsonl, with: [input, answer]}
                """, path: "jobs/x.yaml")
        #expect(job.name == "summaries")
        #expect(job.input == .file(path: "examples/articles.csv"))
        #expect(job.inputFormat == .automatic)
        #expect(job.customID == (try Template(plain: "{{id}}")))
        #expect(job.endpoint.baseURL.text == "https://direct.evolink.ai/v1")
        #expect(job.endpoint.key == .environment("EVOLINK_API_KEY"))
        #expect(job.endpoint.keyHeader == .apiKey)
        #expect(job.endpoint.headers.map(\.name) == ["X-Title", "HTTP-Referer"])
        #expect(job.endpoint.query == [.init(name: "api-version", value: "2024-10-21")])
        #expect(job.endpoint.httpVersion == .http1)
        #expect(job.endpoint.authorityFile == "jobs/ca.pem")
        #expect(job.endpoint.insecure)
        #expect(job.request.fields.map(\.name) == ["model", "temperature", "messages"])
        #expect(job.limits.concurrency == .fixed(8))
        #expect(job.limits.requestsPerMinute == 500)
        #expect(job.limits.tokensPerMinute == 200_000)
        #expect(job.limits.maximumAnswer == .mebibytes(1))
        #expect(job.retry.attempts == 3)
        #expect(job.retry.base == .seconds(1))
        #expect(job.retry.cap == .seconds(120))
        #expect(job.timeouts.connect == .seconds(5))
        #expect(job.timeouts.firstByte == .seconds(60))
        #expect(job.timeouts.idle == .milliseconds(500))
        #expect(job.timeouts.total == .seconds(3600))
        #expect(
            job.price
                == .perMillion(
                    Price(
                        input: try #require(Money(dollars: "1.75")), cachedInput: Money(dollars: "0.175"),
                        cacheWrite: Money(dollars: "2"), output: try #require(Money(dollars: "14")),
                        reasoning: Money(dollars: "15"))))
        #expect(job.output.results == "jobs/out/summaries.jsonl")
        #expect(job.output.format == .csv)
        #expect(job.output.errors == "/tmp/errors.jsonl")
        #expect(job.output.parts == [.input, .answer])
    }

    @Test func aPriceFileStandsBesideTheJobFile() throws {
        let job = try JobFile.parse(
            text: Self.minimal + "price: {file: ../prices.json, provider: azure, model: gpt-5.2, tier: flex}",
            path: "jobs/nightly/x.yaml")
        let file = PriceFile(path: "jobs/prices.json", provider: "azure", model: "gpt-5.2", tier: .flex)
        #expect(job.price == .file(file))
        let plain = try JobFile.parse(text: Self.minimal + "price: {file: /p.json}", path: "jobs/x.yaml")
        #expect(plain.price == .file(PriceFile(path: "/p.json")))
    }

    @Test func whatIsLeftOutHasItsDefault() throws {
        let job = try JobFile.parse(text: Self.minimal + "limits:\n", path: "nightly.yaml")
        #expect(job.name == "nightly")
        #expect(job.input == .file(path: "a.csv"))
        #expect(job.url == "/v1/chat/completions")
        #expect(job.endpoint.key == nil)
        #expect(job.endpoint.keyHeader == .bearer)
        #expect(job.request.isEmpty)
        #expect(job.limits == Limits())
        #expect(job.retry == RetrySettings())
        #expect(job.timeouts == Timeouts())
        #expect(job.price == nil)
        #expect(job.output == OutputSettings())
    }

    @Test(arguments: [
        ("input: '-'", InputSource.standardInput, InputFormat.automatic, nil as UInt8?),
        ("input: {path: /data/a.txt, format: csv, delimiter: tab}", .file(path: "/data/a.txt"), .csv, 9),
        ("input: {path: a.csv, delimiter: ';'}", .file(path: "jobs/a.csv"), .automatic, 0x3B),
        ("input: {path: -, format: jsonl}", .standardInput, .jsonl, nil),
    ])
    func inputs(text: String, source: InputSource, format: InputFormat, delimiter: UInt8?) throws {
        let job = try JobFile.parse(text: text + "\nendpoint: {base_url: http://a}", path: "jobs/x.yaml")
        #expect(job.input == source)
        #expect(job.inputFormat == format)
        #expect(job.delimiter == delimiter)
    }

    @Test(arguments: [
        ("limits: {concurency: 3}", "3:10: unknown key 'concurency' in limits; did you mean 'concurrency'?"),
        (
            "limits:\n  tempature: 3",
            "4:3: unknown key 'tempature' in limits; did you mean 'temperature'? That belongs in request"
        ),
        (
            "limits: {temperature: 1}",
            "3:10: unknown key 'temperature' in limits; it is a field of the API and belongs in request"
        ),
        ("retry: {zzz: 1}", "3:9: unknown key 'zzz' in retry; the keys are attempts, base, cap"),
        ("reqest: {}", "3:1: unknown key 'reqest'; did you mean 'request'?"),
        (
            "name: a/b",
            "3:7: name: may have letters, digits, '.', '_' and '-' only, begins with a letter or digit, and is at most 128 long"
        ),
        ("limits: {concurrency: many}", "3:23: concurrency: must be a whole number"),
        ("limits: {concurrency: 1.5}", "3:23: concurrency: must be a whole number"),
        ("limits: {concurrency: 0}", "3:23: concurrency: must be from 1 to 65536"),
        ("limits: {requests_per_day: 0}", "3:28: requests_per_day: must be at least 1"),
        ("limits: {concurrency: [1]}", "3:23: concurrency: must be a whole number"),
        ("limits: {requests_per_minute: 0}", "3:31: requests_per_minute: must be at least 1"),
        (
            "limits: {requests_per_minute: 1_000}",
            "3:31: requests_per_minute: write this number without '_', or put it in quotes if it is text"
        ),
        (
            "limits: {budget_usd: 5}",
            "3:22: budget_usd: budgets are not available yet; remove the line"
        ),
        ("limits: {maximum_answer: 5}", "3:26: maximum_answer: must be a size with its unit, such as 500kB or 64MiB"),
        ("limits: 5", "3:9: 'limits' must be a list of 'key: value' lines"),
        ("timeouts: {idle: 10}", "3:18: idle: must be a length of time with its unit, such as 500ms, 10s, 2m or 1h"),
        ("timeouts: {idle: 0s}", "3:18: idle: must be a length of time with its unit, such as 500ms, 10s, 2m or 1h"),
        ("retry: {base: 10s, cap: 5s}", "3:25: cap: must not be shorter than base"),
        ("price: {per_million: {input: 1}}", "3:22: 'output' is missing in price.per_million; write output: 14"),
        (
            "price: {}",
            "3:8: 'per_million' is missing in price; write per_million: {input: 1.75, output: 14}, or file: prices.json"
        ),
        (
            "price: {file: p.json, per_million: {input: 1, output: 2}}",
            "3:36: per_million: cannot stand beside file; keep one of them"
        ),
        (
            "price: {per_million: {input: 1, output: 2}, tier: batch}",
            "3:51: tier: says how a price file is read; it goes with file"
        ),
        (
            "price: {file: p.json, tier: bach}",
            "3:29: tier: must be one of standard, batch, flex, priority, ultrafast, balanced; did you mean 'batch'?"
        ),
        (
            "price: {file: p.json, models: x}",
            "3:23: unknown key 'models' in price; did you mean 'model'?"
        ),
        ("output: {format: jsnl}", "3:18: format: must be one of jsonl, csv, batch; did you mean 'jsonl'?"),
        ("output: {with: [input, everything]}", "3:24: with: must be one of input, answer, request"),
        (
            "url: https://x/y",
            "3:6: url: must be a path such as /v1/chat/completions; the server stands in endpoint.base_url"
        ),
        ("id: {{id}}", "3:5: id: a value that begins with {{ needs quotes around it"),
        ("id: '{{id'", "3:5: id: '{{' has no '}}' on its line; for braces that are text write {{{{"),
        ("name: a\nname: b", "3:1: key 'name' is given twice"),
        ("? [a]\n: 1", "3:3: a key must be plain text"),
        ("request: [1]", "3:10: request: must be a list of 'key: value' lines"),
        (
            "request: {stream: yes}",
            "3:19: this is text to some YAML readers and true to others; write true, or put it in quotes"
        ),
        ("request: {'{{x}}': 1}", "3:11: a key cannot have a placeholder"),
        ("request:\n  <<: {a: 1}", "4:3: '<<' is no key of YAML 1.2; write the fields out"),
        ("request: {a: {{x}}}", "3:14: a value that begins with {{ needs quotes around it"),
        ("request: {a: !!set {x, y}}", "3:14: this tag has no meaning in JSON; remove it"),
        ("request: {a: !!binary aGk=}", "3:14: this tag has no meaning in JSON; remove it"),
        ("request: {a: !!int x}", "3:14: this is not what its tag says it is"),
        (
            "request: {a: 'x {{n|json}}'}",
            "3:14: '|json' can only be used where the placeholder is the whole string; inside other text leave it out"
        ),
        ("a: [1", "4:1: not valid YAML: did not find expected ',' or ']' (while parsing a flow sequence)"),
        (
            "a: -",
            "3:4: not valid YAML: block sequence entries are not allowed in this context; a lone - needs quotes around it"
        ),
        (
            "a: {{x}} y",
            "3:10: not valid YAML: did not find expected key (while parsing a block mapping); a value that begins with {{ needs quotes around it"
        ),
        ("a: *b", "3:4: not valid YAML: found undefined alias"),
        ("---\nx: 1", "3:1: not valid YAML: but found another document"),
    ])
    func faults(text: String, message: String) {
        let error = #expect(throws: JobFileError.self) {
            try JobFile.parse(text: Self.minimal + text + "\n", path: "jobs/x.yaml")
        }
        #expect(error?.description == "jobs/x.yaml:" + message)
    }

    @Test(arguments: [
        ("key_header: basic", "key_header: must be one of bearer, api-key"),
        ("http_version: 3", "http_version: must be one of auto, 1.1, 2"),
        ("insecure: 1", "insecure: must be true or false"),
        ("key_env: sk-proj-1234", "key_env: must be the name of an environment variable, not the key itself"),
        (
            "headers: {Authorization: Bearer x}",
            "headers: 'Authorization' would put a key into the job file; use key_env or key_file, and key_header"
        ),
        ("headers: {Host: x}", "headers: 'Host' is set by the transfer itself; remove it"),
        ("headers: {'A b': x}", "headers: a header's name may have letters, digits and '-' only"),
        ("headers: {A: \"x\\r\\ny\"}", "headers: the value of 'A' has a control character"),
        ("headers: {A: [x]}", "headers: every name must have a text as its value"),
        ("headers: x", "headers: must be a list of 'name: value' lines"),
        ("key_evn: X", "unknown key 'key_evn' in endpoint; did you mean 'key_env'?"),
    ])
    func endpointFaults(line: String, reason: String) {
        let error = #expect(throws: JobFileError.self) {
            try JobFile.parse(text: "input: a\nendpoint:\n  base_url: http://a\n  \(line)\n", path: "x.yaml")
        }
        #expect(error?.problems.map(\.reason) == [reason])
        #expect(error?.problems.first?.line == 4)
    }

    @Test func aKeyIsNeverRepeated() {
        for line in ["key_env: sk-proj-1234", "headers: {api-key: sk-proj-1234}", "headers: {X: \"sk-proj-1234\\n\"}"] {
            let error = #expect(throws: JobFileError.self) {
                try JobFile.parse(text: "input: a\nendpoint:\n  base_url: http://a\n  \(line)\n", path: "x.yaml")
            }
            #expect(error?.description.contains("sk-proj") == false)
        }
    }

    @Test func bothKeySourcesAreTooMany() {
        let error = #expect(throws: JobFileError.self) {
            try JobFile.parse(
                text: "input: a\nendpoint: {base_url: http://a, key_env: A, key_file: b}", path: "x.yaml")
        }
        #expect(error?.description == "x.yaml:2:54: key_file: cannot stand beside key_env; keep one of them")
    }

    @Test func allKindsOfLimits() throws {
        func limits(_ text: String) throws -> Limits {
            try JobFile.parse(text: Self.minimal + "limits: {\(text)}", path: "x.yaml").limits
        }
        #expect(try limits("requests_per_minute: 1").concurrency == .unstated)
        #expect(try limits("concurrency: auto").concurrency == .unstated)
        #expect(try limits("concurrency: 5").concurrency == .fixed(5))
        let all = try limits(
            "requests_per_day: 1, tokens_per_day: 2, input_tokens_per_minute: 3, output_tokens_per_minute: 4")
        #expect(all.requestsPerDay == 1)
        #expect(all.tokensPerDay == 2)
        #expect(all.inputTokensPerMinute == 3)
        #expect(all.outputTokensPerMinute == 4)
    }

    @Test func allFaultsAreReportedInTheOrderOfTheFile() {
        let error = #expect(throws: JobFileError.self) {
            try JobFile.parse(text: "zebra: 1\nlimits: {concurrency: x}\nendpoint: {}\n", path: "x.yaml")
        }
        #expect(
            error?.description == """
                x.yaml:1:1: 'input' is missing; write input: prompts.jsonl
                x.yaml:1:1: unknown key 'zebra'; the keys are name, input, endpoint, endpoints, id, priority, url, request, attachments, \
                limits, retry, timeouts, price, output, expect, on_truncation, reuse, \
                finish_by
                x.yaml:2:23: concurrency: must be a whole number
                x.yaml:3:11: 'base_url' is missing in endpoint; write base_url: https://…
                """)
    }

    @Test(arguments: ["", "# nothing\n", "---\n"])
    func emptyFiles(text: String) {
        let error = #expect(throws: JobFileError.self) { try JobFile.parse(text: text, path: "x.yaml") }
        #expect(error?.problems.isEmpty == false)
    }

    @Test func aliasesThatMultiplyAreRefused() {
        var text = Self.minimal + "request:\n  a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ",")
            text += "  a\(level): &a\(level) [\(aliases)]\n"
        }
        let error = #expect(throws: JobFileError.self) { try JobFile.parse(text: text, path: "x.yaml") }
        #expect(error?.problems.map(\.reason) == ["the file has too many values, aliases counted"])
    }

    @Test func aliasesRepeatWhatTheyStandFor() throws {
        let job = try JobFile.parse(
            text: Self.minimal + "request: {a: &x [1, {b: 'c'}], d: *x}", path: "x.yaml")
        #expect(rendered(job.request) == #"{"a":[1,{"b":"c"}],"d":[1,{"b":"c"}]}"#)
    }

    @Test func deepNestingIsRefused() {
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        let error = #expect(throws: JobFileError.self) {
            try JobFile.parse(text: Self.minimal + "request: {a: \(deep)}", path: "x.yaml")
        }
        #expect(error?.problems.map(\.reason) == ["this is nested too deeply"])
        let deeper = String(repeating: "[", count: 100_000)
        #expect(throws: JobFileError.self) {
            try JobFile.parse(text: Self.minimal + "request: {a: \(deeper)", path: "x.yaml")
        }
    }

    @Test func oversizedFilesAreRefused() {
        let error = #expect(throws: JobFileError.self) {
            try JobFile.parse(text: String(repeating: "#", count: (16 << 20) + 1), path: "x.yaml")
        }
        #expect(error?.description == "x.yaml: is larger than a job file may be (16MiB)")
    }

    @Test func missingFilesSaySo() {
        let error = #expect(throws: JobFileError.self) { try JobFile.load(path: "/nonexistent/x.yaml") }
        #expect(error?.description == "/nonexistent/x.yaml: cannot be opened: No such file or directory")
    }

    @Test func requestFieldsStayAsWritten() throws {
        let job = try JobFile.parse(
            text: Self.minimal + """
                request:
                  zeta: 1e-7
                  seed: 9007199254740993
                  model: "gpt-5.2"
                  temperature: 0.20
                  stop: ["\\n", 'é"\\']
                  none: ~
                  empty: {}
                  list: []
                  flag: True
                  text: 'yes'
                  number: '1'
                  tagged: !!str 5
                  1: one
                  literal: |
                    a "b"
                    c
                  folded: >-
                    a
                    b
                """, path: "x.yaml")
        #expect(
            rendered(job.request) == #"{"zeta":1e-7,"seed":9007199254740993,"model":"gpt-5.2","temperature":0.20,"#
                + #""stop":["\n","é\"\\"],"none":null,"empty":{},"list":[],"flag":true,"text":"yes","number":"1","#
                + #""tagged":"5","1":"one","literal":"a \"b\"\nc\n","folded":"a b"}"#)
    }

    @Test func aByteOrderMarkIsSkipped() throws {
        #expect(try JobFile.parse(text: "\u{FEFF}" + Self.minimal, path: "x.yaml").name == "x")
    }
}

/// A template without holes as text.
private func rendered(_ request: RequestTemplate) -> String {
    request.body.pieces.map { piece in
        switch piece {
        case .literal(let bytes): String(decoding: bytes, as: UTF8.self)
        case .hole(let placeholder, _): "{{\(placeholder.content)}}"
        case .file(let part): "<\(part.kind.rawValue)>"
        }
    }.joined()
}

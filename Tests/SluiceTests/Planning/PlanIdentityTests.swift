import Digest
import Testing

@testable import Sluice

@Suite struct PlanIdentityTests {
    private let folder: TemporaryFolder
    private let job: Job
    private static let program = ProgramFile(bytes: 1_000, changedAt: 5)

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("rows.jsonl", "{\"id\":1,\"q\":\"a\"}\n{\"id\":2,\"q\":\"b\"}\n")
        var job = Job(
            name: "job", input: .file(path: folder.file("rows.jsonl")),
            endpoint: Endpoint(baseURL: try BaseURL("http://localhost/v1")))
        job.request = try RequestTemplate(model: "m", system: "Be brief.", prompt: "Say {{q}}")
        job.customID = try Template(plain: "row {{id}}")
        self.job = job
    }

    private func recipe(_ change: (inout Job) throws -> Void = { _ in }) throws -> SHA256Digest {
        var job = job
        try change(&job)
        return try #require(try PlanIdentity.recipe(of: job, program: Self.program))
    }

    /// Plans the job, and tells what that was made from.
    private func planned() throws -> PlanIdentity {
        let queue = try Queue(inMemory: ())
        let writer = try PlanWriter(queue, run: queue.newRun(), mode: .write)
        return try #require(try Planner(job).plan(into: writer, identifies: true))
    }

    @Test func itIsTheSameWhereNothingHasChanged() throws {
        let identity = try planned()
        #expect(try PlanIdentity.current(of: job, ifLike: identity) == identity)
        #expect(identity.bytes == 34)
        #expect(try recipe() == recipe())
    }

    @Test(
        arguments: [
            { $0.input = .file(path: "other.jsonl") }, { $0.inputFormat = .csv }, { $0.delimiter = 0x3B },
            { $0.customID = nil }, { $0.customID = try Template(plain: "row {{q}}") },
            { $0.priority = try Template(plain: "{{id}}") },
            { $0.customID = try Template(plain: "row  {{id}}") }, { $0.url = "/v1/completions" },
            { try $0.request.set("model", text: "n") }, { try $0.request.set("model", json: "1") },
            { try $0.request.set("temperature", json: "0.2") }, { try $0.request.set("temperature", json: "0.20") },
            { $0.request = try RequestTemplate(model: "m", system: "Be brief.", prompt: "Say {{id}}") },
            { $0.request = try RequestTemplate(model: "m", system: "Be brief.", prompt: "Say {{q|json}}!") },
            { $0.request = try RequestTemplate(model: "m", system: "Be brief.", prompt: "{{q}}") },
            { $0.request = try RequestTemplate(model: "m", system: "Be brief.", prompt: "{{q|json}}") },
            { $0.request = try RequestTemplate(model: "m", system: nil, prompt: "Say {{q}}") },
            { $0.request = RequestTemplate() },
            { $0.limits.tokensPerMinute = 10 }, { $0.limits.inputTokensPerMinute = 10 },
            { $0.limits.tokensPerDay = 10 }, { $0.output.parts = [.input] }, { $0.streams = true },
            { $0.endpoint.usageRequest = .never },
        ] as [@Sendable (inout Job) throws -> Void])
    func whatShapesRequestsChangesTheRecipe(change: @Sendable (inout Job) throws -> Void) throws {
        do {
            let changed = try recipe(change)
            #expect(try changed != recipe())
        } catch is TemplateFault {}
    }

    /// Two fields may not read as one, nor a hole as text.
    @Test func noTwoJobsReadTheSame() throws {
        let recipes = try [
            ("a", "\"bc\""), ("ab", "\"c\""), ("a", "\"{{c}}\""), ("a", "\"-\""), ("-", "\"a\""),
        ].map { name, json in
            try recipe {
                $0.request = RequestTemplate()
                try $0.request.set(name, json: json)
            }
        }
        let hole = try recipe {
            $0.request = RequestTemplate()
            try $0.request.set("a", text: "{{c}}")
        }
        #expect(Set(recipes + [hole]).count == 6)
    }

    @Test(
        arguments: [
            { $0.name = "other" }, { $0.limits.concurrency = .fixed(5) }, { $0.limits.outputTokensPerMinute = 5 },
            { $0.limits.requestsPerMinute = 5 },
            { $0.retry.attempts = 9 }, { $0.reuse = .identical }, { $0.finishBy = .after(.seconds(1)) },
            { $0.timeouts.total = .seconds(1) },
            { $0.output.results = "elsewhere" },
            { $0.output.format = .csv }, { $0.output.parts = [.answer, .request] },
            { $0.endpoint = Endpoint(baseURL: try BaseURL("https://example.com/v1")) },
        ] as [@Sendable (inout Job) throws -> Void])
    func whatDoesNotShapeThemLeavesIt(change: @Sendable (inout Job) throws -> Void) throws {
        #expect(try recipe(change) == recipe())
    }

    /// A new member of any of these must be thought about: does it shape requests? Then it belongs into the recipe.
    @Test func everyMemberOfAJobWasThoughtAbout() throws {
        func members(_ value: Any) -> Set<String> { Set(Mirror(reflecting: value).children.compactMap(\.label)) }
        #expect(
            members(job) == [
                "name", "input", "inputFormat", "delimiter", "customID", "priority", "endpoints", "url", "request",
                "limits",
                "retry",
                "timeouts", "attachments", "price", "output", "expectation", "onTruncation", "streams", "reuse",
                "finishBy",
            ])
        #expect(members(job.request) == ["fields"])
        #expect(members(try #require(job.request.fields.first)) == ["name", "value"])
        #expect(
            members(job.limits) == [
                "concurrency", "requestsPerMinute", "requestsPerDay", "tokensPerMinute", "tokensPerDay",
                "inputTokensPerMinute", "outputTokensPerMinute", "maximumAnswer",
            ])
        #expect(members(job.output) == ["results", "format", "errors", "parts"])
        #expect(members(try Template(plain: "a")) == ["pieces"])
        // All of a placeholder follows from what stands between its braces.
        #expect(members(try Placeholder("a")) == ["content", "name", "filter", "path"])
        #expect(OutputSettings.Part.allCases == [.input, .answer, .request])
    }

    @Test func anotherProgramMakesAnotherRecipe() throws {
        let others = [
            ProgramFile(bytes: 1_001, changedAt: 5), ProgramFile(bytes: 1_000, changedAt: 6), ProgramFile.current,
        ]
        for program in others { #expect(try PlanIdentity.recipe(of: job, program: program) != recipe()) }
        #expect(try PlanIdentity.recipe(of: job, program: nil) == nil)
    }

    @Test(arguments: [
        "{\"id\":1,\"q\":\"a\"}\n{\"id\":2,\"q\":\"c\"}\n", "{\"id\":1,\"q\":\"a\"}\n",
        "{\"id\":2,\"q\":\"b\"}\n{\"id\":1,\"q\":\"a\"}\n", "{\"id\":1,\"q\":\"a\"}\n{\"id\":2,\"q\":\"b\"}\n\n", "",
    ])
    func anotherInputIsTold(text: String) throws {
        let identity = try planned()
        try folder.write("rows.jsonl", text)
        #expect(try PlanIdentity.current(of: job, ifLike: identity) == nil)
    }

    @Test func anInputThatCannotBeReadIsTold() throws {
        let identity = try planned()
        var job = job
        job.input = .standardInput
        #expect(try PlanIdentity.current(of: job, ifLike: identity) == nil)
        job.input = .file(path: folder.path)
        #expect(try PlanIdentity.current(of: job, ifLike: identity) == nil)
    }

    @Test func theDigestIsThatOfTheFile() throws {
        let text = (1...40_000).map { "{\"id\":\($0),\"q\":\"a\"}\n" }.joined()
        try folder.write("rows.jsonl", text)
        let whole = try SHA256Hasher.hash(Array(text.utf8))
        #expect(try InputDigest.of(path: folder.file("rows.jsonl"), bytes: text.utf8.count) == whole)
        #expect(try InputDigest.of(path: folder.file("rows.jsonl"), bytes: text.utf8.count - 1) == nil)
        #expect(try planned().input == whole)
    }

    // MARK: In the queue

    private func run(in queue: Queue, identity: PlanIdentity?) throws -> RunRecord {
        let run = try queue.newRun()
        let writer = try PlanWriter(queue, run: run, mode: .write)
        #expect(try writer.add(request("r1")) == nil)
        return try writer.putInForce(at: Timestamp(milliseconds: 1), identity: identity)
    }

    private func request(_ name: String) throws -> PlannedRequest { try SluiceTests.planned(name) }

    @Test func aQueueKeepsItWithThePlan() throws {
        let queue = try Queue(inMemory: ())
        let identity = try planned()
        var run = try run(in: queue, identity: identity)
        #expect(try queue.planIdentity(of: run) == identity)
        // A plan of which nothing is known takes its place.
        run = try queue.put([request("r1"), request("r2")], into: run).run
        #expect(try queue.planIdentity(of: run) == nil)
    }

    @Test func aPlanBegunOrWithAttachmentsHasNone() throws {
        let queue = try Queue(inMemory: ())
        var run = try run(in: queue, identity: try planned())
        run.isPlanning = true
        #expect(try queue.planIdentity(of: run) == nil)
        run.isPlanning = false
        run.revision += 1
        #expect(try queue.planIdentity(of: run) == nil)
        run.revision -= 1
        #expect(try queue.planIdentity(of: run) != nil)
        try queue.database.execute(
            "INSERT INTO attachments VALUES (\(run.firstRequest ?? 0), 0, 'a.png', 'data_url', 'image/png', 1, zeroblob(32))"
        )
        #expect(try queue.planIdentity(of: run) == nil)
    }
}

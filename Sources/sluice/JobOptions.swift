import ArgumentParser
import Sluice

/// A job, from its file or from flags alone.
struct JobOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A job file (.yaml), or a prompt file (.jsonl, .csv, .gz of either, - for standard input) to be run by flags.",
            valueName: "job or prompts"))
    var source: String

    @Option(help: ArgumentHelp("The user's message, with {{column}} placeholders.", valueName: "text"))
    var template: String?

    @Option(help: ArgumentHelp("A system message before it.", valueName: "text"))
    var system: String?

    @Option(
        help: ArgumentHelp(
            "An image file that goes into the user's message, with {{column}} placeholders.", valueName: "path"))
    var imageFile: String?

    @Option(help: ArgumentHelp("The folder that the rows' files lie in; the input's without.", valueName: "path"))
    var attachmentsFolder: String?

    @Option(help: ArgumentHelp("The model to ask.", valueName: "name"))
    var model: String?

    @Option(
        name: [.short, .customLong("parameter")],
        help: ArgumentHelp(
            "A field of the request and its value as JSON, such as temperature=0.2; may be repeated.",
            valueName: "name=json"))
    var parameters: [String] = []

    @Option(
        help: ArgumentHelp(
            "The operation's path, such as /v1/embeddings; --template then fills its input.", valueName: "path"))
    var url: String?

    @Flag(help: "Stream the answers of rows that say nothing of it.")
    var stream = false

    @Option(name: .customLong("id"), help: ArgumentHelp("Template of the custom_id.", valueName: "text"))
    var customID: String?

    @Option(
        help: ArgumentHelp(
            "Template of a row's priority, a whole number: rows of a greater one are sent first.", valueName: "text"))
    var priority: String?

    @OptionGroup(title: "Endpoint") var endpoint: EndpointOptions

    @Option(help: ArgumentHelp("The job's name, by which its runs are found again.", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp("jsonl or csv, where the input's name does not tell.", valueName: "format"))
    var inputFormat: InputFormat?

    @Option(help: ArgumentHelp("The character between a CSV file's fields, or the word tab.", valueName: "character"))
    var delimiter: String?

    @Option(
        help: ArgumentHelp(
            "Most requests in flight at once, or auto: as many as the endpoint makes use of.", valueName: "n"))
    var concurrency: Concurrency?

    @Option(help: ArgumentHelp("Most requests in a minute.", valueName: "n"))
    var requestsPerMinute: Int?

    @Option(help: ArgumentHelp("Most requests in a day.", valueName: "n"))
    var requestsPerDay: Int?

    @Option(help: ArgumentHelp("Most tokens in a minute.", valueName: "n"))
    var tokensPerMinute: Int?

    @Option(help: ArgumentHelp("Most tokens in a day.", valueName: "n"))
    var tokensPerDay: Int?

    @Option(help: ArgumentHelp("Most tokens of prompts in a minute.", valueName: "n"))
    var inputTokensPerMinute: Int?

    @Option(help: ArgumentHelp("Most tokens of answers in a minute.", valueName: "n"))
    var outputTokensPerMinute: Int?

    @Option(
        name: .customLong("budget-usd"),
        help: ArgumentHelp("Most dollars for the run, over all its sittings.", valueName: "dollars"))
    var budgetDollars: String?

    @Option(help: ArgumentHelp("Most tokens for the run, over all its sittings.", valueName: "n"))
    var budgetTokens: Int?

    @Option(
        help: ArgumentHelp(
            "When the run should be done, as \(FinishBy.forms); it says so when it will be late.", valueName: "when"))
    var finishBy: FinishBy?

    @Option(help: ArgumentHelp("Attempts for each request, the first included.", valueName: "n"))
    var attempts: Int?

    @Option(help: ArgumentHelp("json: an answer that is no JSON is asked for again.", valueName: "what"))
    var expect: ExpectedWord?

    @Option(help: ArgumentHelp("A JSON Schema that answers must satisfy.", valueName: "file"))
    var expectSchema: String?

    @Option(help: ArgumentHelp("A pattern that must be found in answers.", valueName: "pattern"))
    var expectRegex: String?

    @Option(
        help: ArgumentHelp("keep, fail or grow: what becomes of an answer cut at the token limit.", valueName: "what"))
    var onTruncation: TruncationPolicy?

    @Option(
        help: ArgumentHelp("A price file in LiteLLM's format, which says what each model costs.", valueName: "path"))
    var priceFile: String?

    @Option(
        help: ArgumentHelp(
            "never or identical: whether new rows take over answers that other runs have to the same request.",
            valueName: "word"))
    var reuse: Reuse?

    @Option(help: ArgumentHelp("jsonl, csv or batch: the format of the results.", valueName: "format"))
    var format: OutputSettings.Format?

    @Option(name: .shortAndLong, help: ArgumentHelp("Where the results go; - for standard output.", valueName: "path"))
    var output: String?

    @Option(help: ArgumentHelp("A file of their own for rows that are not ok.", valueName: "path"))
    var errors: String?

    @Flag(help: "Write no results: sluice export does, whenever they are wanted.")
    var noResults = false

    @Option(
        name: .customLong("with"), parsing: .singleValue,
        help: ArgumentHelp("input, answer or request: more for each result; may be repeated.", valueName: "part"))
    var parts: [OutputSettings.Part] = []

    /// The job that the arguments describe.
    func job() throws -> Job {
        var job = isJobFile ? try jobFromFile() : try jobFromFlags()
        try apply(to: &job)
        return job
    }

    /// Where prompts go when nothing names an endpoint.
    static let standardURL = "https://direct.evolink.ai/v1"
    private static let standardKey = KeySource.environment("EVOLINK_API_KEY")

    /// What to tell a person who named no endpoint.
    var endpointNote: String? {
        guard !isJobFile, endpoint.baseURL == nil else { return nil }
        return "the endpoint is \(Self.standardURL), as no --base-url names another"
    }

    /// The name comes from a prompt file's: another file may have the same.
    var nameIsDerived: Bool { name == nil && !isJobFile }

    var jobFile: String? { isJobFile ? source : nil }

    private var isJobFile: Bool { source.hasSuffix(".yaml") || source.hasSuffix(".yml") }

    private func jobFromFile() throws -> Job {
        guard template == nil, system == nil, imageFile == nil else {
            throw ValidationError(
                "--template, --system and --image-file go with a prompt file; a job file has its own request")
        }
        return try JobFile.load(path: source)
    }

    private func jobFromFlags() throws -> Job {
        let input: InputSource = source == "-" ? .standardInput : .file(path: source)
        var job = Job(
            name: source == "-" ? "stdin" : Job.name(fromPath: source), input: input,
            endpoint: Endpoint(baseURL: try EndpointOptions.baseURL(endpoint.baseURL ?? Self.standardURL)))
        if endpoint.baseURL == nil { job.endpoints[0].key = Self.standardKey }
        if let url { job.url = try Self.url(url) }
        do {
            job.request = try RequestTemplate(
                url: job.url, model: model, system: system, prompt: template, image: imageFile)
        } catch {
            throw ValidationError("--template, --system or --image-file: \(error)")
        }
        return job
    }

    private func apply(to job: inout Job) throws {
        if let name {
            guard Job.isValidName(name) else {
                throw ValidationError(
                    "--name may have letters, digits, '.', '_' and '-', and begins with a letter or digit")
            }
            job.name = name
        }
        if let url { job.url = try Self.url(url) }
        if stream { job.streams = true }
        if let attachmentsFolder { job.attachments.folder = attachmentsFolder }
        try applyRequest(to: &job)
        try endpoint.apply(to: &job.endpoints)
        if let inputFormat { job.inputFormat = inputFormat }
        if let delimiter { job.delimiter = try Self.delimiter(delimiter) }
        try apply(to: &job.limits)
        try applyBudget(to: &job)
        // A flag counts before the job file, also where that has limits for one endpoint alone.
        for index in job.endpoints.indices {
            guard var limits = job.endpoints[index].limits else { continue }
            try apply(to: &limits)
            job.endpoints[index].limits = limits
        }
        try Self.set(&job.retry.attempts, attempts, "--attempts", RetrySettings.attemptsRange)
        try applyExpectation(to: &job)
        applyPrice(to: &job)
        if let reuse { job.reuse = reuse }
        if let finishBy { job.finishBy = finishBy }
        try applyOutput(to: &job)
    }

    private func applyBudget(to job: inout Job) throws {
        try Self.set(&job.limits.budget.tokens, budgetTokens, "--budget-tokens", 1...Int.max)
        guard let budgetDollars else { return }
        guard let money = Money(dollars: budgetDollars), money > .zero else {
            throw ValidationError("--budget-usd takes an amount in dollars above 0, such as 5 or 0.25")
        }
        job.limits.budget.money = money
    }

    private func apply(to limits: inout Limits) throws {
        if let concurrency { limits.concurrency = concurrency }
        let all = 1...Int.max
        try Self.set(&limits.requestsPerMinute, requestsPerMinute, "--requests-per-minute", all)
        try Self.set(&limits.requestsPerDay, requestsPerDay, "--requests-per-day", all)
        try Self.set(&limits.tokensPerMinute, tokensPerMinute, "--tokens-per-minute", all)
        try Self.set(&limits.tokensPerDay, tokensPerDay, "--tokens-per-day", all)
        try Self.set(&limits.inputTokensPerMinute, inputTokensPerMinute, "--input-tokens-per-minute", all)
        try Self.set(&limits.outputTokensPerMinute, outputTokensPerMinute, "--output-tokens-per-minute", all)
    }

    private func applyPrice(to job: inout Job) {
        guard let priceFile else { return }
        func source(_ stated: PriceSource?) -> PriceSource {
            var file = PriceFile(path: priceFile)
            if case .file(let stated) = stated { file = stated }
            file.path = priceFile
            return .file(file)
        }
        job.price = source(job.price)
        for index in job.endpoints.indices where job.endpoints[index].price != nil {
            job.endpoints[index].price = source(job.endpoints[index].price)
        }
    }

    private func applyRequest(to job: inout Job) throws {
        do {
            if let customID { job.customID = try Template(plain: customID) }
            if let priority { job.priority = try Template(plain: priority) }
            if let model { try job.request.set("model", text: model) }
            for parameter in parameters {
                guard let equals = parameter.firstIndex(of: "=") else {
                    throw ValidationError("--parameter takes name=json, such as temperature=0.2")
                }
                try job.request.set(
                    String(parameter[..<equals]), json: String(parameter[parameter.index(after: equals)...]))
            }
        } catch let fault as TemplateFault {
            throw ValidationError("\(fault)")
        }
    }

    /// What flags expect takes the place of what the job file expects; how often to ask stays the file's.
    private func applyExpectation(to job: inout Job) throws {
        if let onTruncation { job.onTruncation = onTruncation }
        var kinds: [Expectation.Kind] = []
        if expect == .json { kinds.append(.json) }
        if let expectSchema { kinds.append(.schema(try Expectation.schema(path: expectSchema))) }
        if let expectRegex {
            kinds.append(.regex(expectRegex))
            do {
                _ = try AnswerCheck(Expectation(.regex(expectRegex)))
            } catch {
                throw ValidationError("--expect-regex \(error.reason)")
            }
        }
        guard !kinds.isEmpty else { return }
        var expectation = job.expectation ?? Expectation([])
        expectation.kinds = kinds
        job.expectation = expectation
    }

    private func applyOutput(to job: inout Job) throws {
        if let format { job.output.format = format }
        job.output.parts.formUnion(parts)
        if noResults {
            guard output == nil, errors == nil else {
                throw ValidationError("--no-results writes neither --output nor --errors; leave one of them out")
            }
            job.output.results = nil
            job.output.errors = nil
            return
        }
        let suffix = job.output.format == .csv ? "csv" : "jsonl"
        let stem = job.output.format == .batch ? "output" : "results"
        job.output.results = output ?? job.output.results ?? "\(job.name).\(stem).\(suffix)"
        job.output.errors = errors ?? job.output.errors ?? job.output.defaultErrors
    }

    private static func url(_ text: String) throws -> String {
        guard Job.isValidPath(text) else {
            throw ValidationError("--url takes a path such as /v1/embeddings; the server stands in --base-url")
        }
        return text
    }

    private static func delimiter(_ text: String) throws -> UInt8 {
        if text == "tab" { return 0x09 }
        guard text.utf8.count == 1, let byte = text.utf8.first, byte < 0x80, !"\"\r\n".utf8.contains(byte) else {
            throw ValidationError(
                "--delimiter takes one ASCII character other than a quote or line end, or the word tab")
        }
        return byte
    }

    private static func set(_ target: inout Int, _ value: Int?, _ flag: String, _ range: ClosedRange<Int>) throws {
        var optional: Int? = target
        try set(&optional, value, flag, range)
        target = optional ?? target
    }

    private static func set(_ target: inout Int?, _ value: Int?, _ flag: String, _ range: ClosedRange<Int>) throws {
        guard let value else { return }
        guard range.contains(value) else {
            let most = range.upperBound == Int.max ? "or more" : "to \(range.upperBound)"
            throw ValidationError("\(flag) takes a number from \(range.lowerBound) \(most)")
        }
        target = value
    }
}

/// What `--expect` takes.
enum ExpectedWord: String, ExpressibleByArgument, CaseIterable {
    case json
}

extension TruncationPolicy: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(name: argument)
    }
}

extension Concurrency: ExpressibleByArgument {
    public init?(argument: String) {
        if argument == "auto" {
            self = .unstated
        } else if let number = Int(argument), Self.range.contains(number) {
            self = .fixed(number)
        } else {
            return nil
        }
    }
}
extension FinishBy: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
extension InputFormat: ExpressibleByArgument {}
extension Reuse: ExpressibleByArgument {}
extension OutputSettings.Format: ExpressibleByArgument {}
extension OutputSettings.Part: ExpressibleByArgument {}
extension Queue.Durability: ExpressibleByArgument {}

import ArgumentParser
import SluiceSimulator

struct AnswerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Stand in for an endpoint: check path, key and members as it does, and answer, refuse and limit in its \
            dialect. openai, azure, evolink, openrouter, mistral, groq, deepseek, gemini, anthropic, vllm, llamacpp, \
            ollama or litellm.
            """, valueName: "name"))
    var imitate: ImitationName?

    @Option(
        help: ArgumentHelp(
            """
            Answer from this folder's .json files: {"name":PROMPT,"status":200,"headers":{…},"body":TEXT}, or \
            "body_base64", or "chunks":[TEXT,…] sent one by one; "close":true cuts the connection. A request whose \
            last user message is a file's name gets that answer.
            """, valueName: "folder"))
    var replay: String?

    @Option(
        help: ArgumentHelp(
            "Keep so many requests as they came; GET /requests shows them, keys hashed, POST /requests/reset forgets "
                + "them.", valueName: "requests"))
    var record: Count?

    @Option(
        help: ArgumentHelp(
            "Time before each answer: 300ms, or lognormal:MEAN:SIGMA such as lognormal:300ms:0.5, where SIGMA is the "
                + "deviation of the delay's logarithm.", valueName: "time"))
    var latency: Latency = Latency(distribution: .none)

    @Option(help: "Number that delays and faults are drawn from.")
    var seed: UInt64 = 0

    @Option(help: ArgumentHelp("Fill each content up to so many bytes.", valueName: "bytes"))
    var answerBytes: Amount = Amount(number: 0)

    @Option(help: ArgumentHelp("Characters of the prompt that its answer repeats.", valueName: "characters"))
    var excerpt: Amount = Amount(number: 60)

    @Option(
        help: ArgumentHelp(
            """
            What a content is: the prompt's echo, or as JSON {"echo":"HASH","n":N}, N being the prompt's number of \
            characters. auto: JSON where response_format (of a response: text.format) asks for it.
            """, valueName: "auto|text|json"))
    var answer: SimulatedAnswer.Format = .automatic

    @Option(
        help: ArgumentHelp(
            """
            The first so many answers to a conversation are not the JSON that they should be. A conversation is known \
            by all up to its first user message: it stays the same when a turn that corrects is added.
            """, valueName: "answers"))
    var invalidFirst: Amount = Amount(number: 0)

    @Option(
        help: ArgumentHelp(
            "What such an answer is: the echo as text, the JSON in a Markdown fence, its first half, or {}.",
            valueName: "text|fenced|cut|empty"))
    var invalidAs: SimulatedAnswer.Invalid = .text

    @Option(
        help: ArgumentHelp(
            "Tokens of reasoning before each content; they count against max_tokens and its like.",
            valueName: "tokens"))
    var reasoning: Amount = Amount(number: 0)

    @Option(
        help: ArgumentHelp("A model that GET /v1/models lists; may be repeated. Any is answered.", valueName: "name"))
    var model: [String] = ["gpt-5.2"]

    @Flag(help: "Answer in gzip's format, stored and not compressed, where the client accepts it.")
    var gzip = false

    func apply(to configuration: inout SimulatorConfiguration) throws {
        if let replay { configuration.fixtures = try FixtureFolder.load(replay) }
        if let record { configuration.recorder = RequestRecorder(maximumRequests: record.number) }
        if let imitate { configuration.imitation = imitate.imitation }
        configuration.latency = latency.distribution
        configuration.seed = seed
        configuration.answer = SimulatedAnswer(
            excerptCharacters: excerpt.number, answerBytes: answerBytes.number)
        configuration.answer.format = answer
        configuration.answer.invalidFirst = invalidFirst.number
        configuration.answer.invalid = invalidAs
        configuration.answer.reasoningTokens = reasoning.number
        configuration.models = model
        configuration.gzip = gzip
    }
}

extension SimulatedAnswer.Format: ExpressibleByArgument {}
extension SimulatedAnswer.Invalid: ExpressibleByArgument {}

/// A name of `--imitate`.
struct ImitationName: ExpressibleByArgument {
    var imitation: Imitation

    init?(argument: String) {
        guard let imitation = Imitation(named: argument) else { return nil }
        self.imitation = imitation
    }

    static var allValueStrings: [String] { Imitation.all.map(\.name) }
}

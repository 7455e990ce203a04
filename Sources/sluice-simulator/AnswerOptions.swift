import ArgumentParser
import SluiceSimulator

struct AnswerOptions: ParsableArguments {
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

    @Option(help: ArgumentHelp("Pieces that a streamed content is cut into.", valueName: "pieces"))
    var chunks: Count = Count(number: 20)

    @Option(help: ArgumentHelp("Time between two pieces of a streamed answer.", valueName: "time"))
    var chunkInterval: Time = Time(duration: .zero)

    @Option(
        help: ArgumentHelp("A model that GET /v1/models lists; may be repeated. Any is answered.", valueName: "name"))
    var model: [String] = ["gpt-5.2"]

    @Flag(help: "Answer in gzip's format, stored and not compressed, where the client accepts it.")
    var gzip = false

    func apply(to configuration: inout SimulatorConfiguration) {
        configuration.latency = latency.distribution
        configuration.seed = seed
        configuration.answer = SimulatedAnswer(
            excerptCharacters: excerpt.number, answerBytes: answerBytes.number)
        configuration.chunks = chunks.number
        configuration.chunkInterval = chunkInterval.duration
        configuration.models = model
        configuration.gzip = gzip
    }
}

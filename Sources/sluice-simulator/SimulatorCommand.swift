import ArgumentParser
import SluiceSimulator

@main
struct SimulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice-simulator",
        abstract: "Serve a local OpenAI-compatible endpoint for rehearsals, tests and benchmarks.",
        discussion: """
            Prints one line, "listening on http://127.0.0.1:PORT/v1", and serves until SIGTERM or SIGINT. It answers \
            POST /v1/chat/completions, /v1/responses, /v1/completions, /v1/embeddings and /v1/moderations, behind any \
            base path. The answer to a prompt is "echo:", the prompt's 64-bit FNV-1a hash in hexadecimal, a space, and the prompt's first \
            60 Unicode characters. GET /stats shows what was seen, POST /stats/reset forgets it. Delays and faults depend on \
            the seed, the body and how often it was sent before, so they repeat from run to run.

            Times are written 300ms, 1.5s, 2m or in seconds.
            """)

    @OptionGroup(title: "Listening") var listening: ListeningOptions
    @OptionGroup(title: "Answers") var answers: AnswerOptions
    @OptionGroup(title: "Streams and waiting") var delivery: DeliveryOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Faults") var faults: FaultOptions

    func validate() throws {
        try limits.validateTogether()
        try faults.validateTogether()
    }

    func run() async throws {
        // Before any thread starts, so that no signal is lost.
        let signals = StopSignals()
        OpenFiles.raiseLimit()
        var configuration = SimulatorConfiguration()
        listening.apply(to: &configuration)
        try answers.apply(to: &configuration)
        delivery.apply(to: &configuration)
        limits.apply(to: &configuration)
        faults.apply(to: &configuration)
        let simulator: Simulator
        do {
            simulator = try await Simulator.start(configuration)
        } catch {
            throw CommandFailure("cannot listen on \(configuration.host):\(configuration.port): \(error)")
        }
        if let path = listening.portFile {
            try PortFile.write(port: simulator.port, to: path)
        }
        StandardOutput.writeLine("listening on \(simulator.baseURL)")
        await signals.first()
        await simulator.stop()
    }
}

/// Why the program could not run; a sentence.
struct CommandFailure: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}

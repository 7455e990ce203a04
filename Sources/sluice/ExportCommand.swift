import ArgumentParser
import Sluice

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a run's results, in input order; also while it runs.")

    @Argument(help: ArgumentHelp("A run's number or its job's name; the newest run without.", valueName: "run"))
    var run: String?

    @OptionGroup var queue: QueueOptions

    @Option(help: ArgumentHelp("jsonl, csv or batch.", valueName: "format"))
    var format = OutputSettings.Format.jsonl

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("A file, which appears when it is whole; - for standard output.", valueName: "path"))
    var output = "-"

    @Option(help: ArgumentHelp("A file of their own for rows that are not ok.", valueName: "path"))
    var errors: String?

    @Option(
        name: .customLong("with"), parsing: .singleValue,
        help: ArgumentHelp("input, answer or request: more for each result; may be repeated.", valueName: "part"))
    var parts: [OutputSettings.Part] = []

    @Flag(
        help: ArgumentHelp(
            "Of a damaged queue: write every row that can still be read whole, in the order in which they were planned."
        ))
    var salvage = false

    func run() async throws {
        try await Console.run {
            let stops = StopRequests()
            stops.hear()
            let signals = SignalWatch(stops)
            defer { signals.end() }
            let queue = try Queue(reading: queue.path)
            let run = try queue.run(named: run)
            var settings = OutputSettings()
            settings.results = output
            settings.format = format
            settings.errors = errors ?? settings.defaultErrors
            try OutputCheck.check(settings, input: .file(path: run.input), kept: [queue.path])
            let summary = try Exporter(queue, run: run, salvages: salvage).export(
                format: format, parts: Set(parts), to: output, errors: settings.errors
            ) {
                if stops.isAsked { throw ExportError.interrupted }
            }
            if output != "-" { Console.tell(RunTeller.sentence(summary, output, settings.errors)) }
            guard salvage else { return .success }
            Console.tell(RunTeller.sentence(lost: summary.lost, of: run.rows))
            return summary.lost == 0 ? .success : .incompleteAnswers
        }
    }
}

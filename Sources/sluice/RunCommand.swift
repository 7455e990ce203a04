import ArgumentParser
import Sluice

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Plan, send, export; typed again it goes on where it stopped.")

    @OptionGroup var jobOptions: JobOptions
    @OptionGroup var queue: QueueOptions

    @Flag(name: .customLong("new"), help: "Start another run of the job instead of going on with the newest.")
    var startsAnew = false

    @Option(
        help: ArgumentHelp(
            "full: a recorded result survives a power cut. normal: only a crash of the program.", valueName: "level"))
    var durability = Queue.Durability.full

    @Option(help: ArgumentHelp("Seconds for requests in flight to land after Ctrl-C.", valueName: "seconds"))
    var grace = 30

    @Flag(name: .shortAndLong, help: "Tell nothing but errors.")
    var quiet = false

    @Flag(help: "Print the totals as JSON on standard output.")
    var json = false

    func validate() throws {
        guard (0...86400).contains(grace) else { throw ValidationError("--grace takes 0 to 86400 seconds") }
    }

    func run() async throws {
        try await Console.run {
            let job = try jobOptions.job()
            guard !json || job.output.results != "-" else {
                throw ValidationError("--json and results to - both want standard output; give the results a file")
            }
            if !quiet, let note = jobOptions.endpointNote { Console.tell(note) }
            let stops = StopRequests()
            let signals = SignalWatch(stops)
            defer { signals.end() }
            let teller = RunTeller(job: job, isQuiet: quiet)
            let runner = JobRunner(
                job, options: options, stops: stops, environment: { getenv($0).map { String(cString: $0) } },
                tell: teller.tell)
            do {
                let result = try await runner.run()
                teller.conclude(result)
                if json { Console.print(result.report.json) }
                let isEven = result.balance?.isEven ?? true
                if !isEven, let balance = result.balance { Console.tell("sluice: \(balance)") }
                if let failure = result.exportFailure { throw failure }
                guard isEven else { return .couldNotRun }
                return Self.code(result)
            } catch let failure as Planner.Failure {
                return teller.explain(failure)
            } catch ExportError.interrupted {
                Console.tell("sluice: \(ExportError.interrupted)")
                return .workLeft
            }
        }
    }

    private var options: RunOptions {
        var options = RunOptions()
        options.queuePath = queue.path
        options.durability = durability
        options.startsAnew = startsAnew
        options.grace = .seconds(grace)
        options.jobFile = jobOptions.jobFile
        options.nameIsDerived = jobOptions.nameIsDerived
        return options
    }

    private static func code(_ result: RunResult) -> ExitCode {
        guard result.report.isComplete else { return .workLeft }
        return result.report.isAllOK ? .success : .incompleteAnswers
    }
}

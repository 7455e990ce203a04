import ArgumentParser
import Sluice

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Validate the whole input, compare it with the queue, estimate; nothing is sent or changed.",
        discussion: """
            With --probe N it sends N rows, which cost what they cost, and keeps their results: `sluice run` does not \
            send them again.
            """)

    @OptionGroup var jobOptions: JobOptions
    @OptionGroup var queue: QueueOptions

    @Flag(name: .customLong("new"), help: "As for another run of the job.")
    var startsAnew = false

    @Option(
        help: ArgumentHelp(
            "Put the plan in force, send so many rows spread over it, and estimate the rest by them.", valueName: "n"))
    var probe: Int?

    @Flag(help: "Print the plan as JSON.")
    var json = false

    func validate() throws {
        guard probe.map({ $0 > 0 }) ?? true else { throw ValidationError("--probe takes a number from 1") }
    }

    func run() async throws {
        try await Console.run {
            let job = try jobOptions.job()
            if let note = jobOptions.endpointNote { Console.tell(note) }
            var options = RunOptions()
            options.queuePath = queue.path
            options.startsAnew = startsAnew
            options.jobFile = jobOptions.jobFile
            options.nameIsDerived = jobOptions.nameIsDerived
            let teller = RunTeller(job: job, isQuiet: false)
            do {
                guard let probe else {
                    let runner = JobRunner(job, options: options, environment: { _ in nil }, tell: teller.tell)
                    show(try runner.plan(), job, teller)
                    return .success
                }
                return try await send(probe, job, options, teller)
            } catch let failure as Planner.Failure {
                return teller.explain(failure)
            }
        }
    }

    private func send(_ count: Int, _ job: Job, _ options: RunOptions, _ teller: RunTeller) async throws -> ExitCode {
        let stops = StopRequests()
        let signals = SignalWatch(stops)
        defer { signals.end() }
        let runner = JobRunner(
            job, options: options, stops: stops, environment: { getenv($0).map { String(cString: $0) } },
            tell: teller.tell)
        let result = try await runner.probe(count)
        show(result, job, teller)
        guard let probe = result.probe else { return .success }
        if let balance = probe.balance, !balance.isEven {
            Console.tell("sluice: \(balance)")
            return .couldNotRun
        }
        guard probe.end != .complete else { return .success }
        if let run = result.run {
            teller.tellEnd(
                probe.end, RunReport(run: run, totals: probe.after, inFlight: 0, isLive: false))
        }
        return .workLeft
    }

    private func show(_ result: PlanResult, _ job: Job, _ teller: RunTeller) {
        teller.clear()
        let summary = PlanSummary(job: job, result)
        if json { Console.print(summary.json) } else { Console.print(summary.text) }
    }
}

import ArgumentParser
import Sluice

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Validate the whole input, compare it with the queue, estimate; nothing is sent or changed.")

    @OptionGroup var jobOptions: JobOptions
    @OptionGroup var queue: QueueOptions

    @Flag(name: .customLong("new"), help: "As for another run of the job.")
    var startsAnew = false

    @Flag(help: "Print the plan as JSON.")
    var json = false

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
                let (run, difference) = try JobRunner(
                    job, options: options, environment: { _ in nil }, tell: teller.tell
                ).plan()
                teller.clear()
                let summary = PlanSummary(job: job, run: run, difference: difference)
                if json { Console.print(summary.json) } else { Console.print(summary.text) }
                return .success
            } catch let failure as Planner.Failure {
                return teller.explain(failure)
            }
        }
    }
}

import ArgumentParser
import Sluice

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Where a run stands; works while it runs.")

    @Argument(help: ArgumentHelp("A run's number or its job's name; the newest run without.", valueName: "run"))
    var run: String?

    @OptionGroup var queue: QueueOptions

    @Flag(help: "Print the totals as JSON.")
    var json = false

    func run() async throws {
        try await Console.run {
            let queue = try Queue(reading: queue.path)
            let report = try queue.report(on: queue.run(named: run))
            if json { Console.print(report.json) } else { Console.print(report.text) }
            return .success
        }
    }
}

import ArgumentParser
import Sluice

struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "runs", abstract: "What the queue holds.")

    @OptionGroup var queue: QueueOptions

    @Flag(help: "Print a JSON object a line.")
    var json = false

    func run() async throws {
        try await Console.run {
            let queue = try Queue(reading: queue.path)
            let reports = try queue.holdings().map(\.report)
            if json {
                for report in reports { Console.print(report.json) }
            } else {
                Console.print(RunList(reports).text)
            }
            for run in try queue.halfPrunedRuns() {
                Console.tell("run \(run.id) is deleted in part; the next `sluice prune` deletes the rest")
            }
            return .success
        }
    }
}

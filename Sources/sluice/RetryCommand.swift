import ArgumentParser
import Sluice

struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Put settled rows of a run back, so that the next `sluice run` sends them.",
        discussion: """
            Several values of one option widen the choice, a further option narrows it. Rows that are ok are put back \
            only with --class ok. Attempts stay in the ledger, each with its answer, and the totals keep what they cost.

            Exit codes: 0, also where no row is of that kind; 2 where the run has no such row or error code, or is \
            being run.
            """)

    @Argument(help: ArgumentHelp("A run's number or its job's name.", valueName: "run"))
    var run: String

    @OptionGroup var queue: QueueOptions

    @Option(
        name: .customLong("class"), parsing: .singleValue,
        help: ArgumentHelp(
            "Rows of that class, or of several with commas between; may be repeated.", valueName: "class"))
    var classes: [String] = []

    @Option(
        name: .customLong("error"), parsing: .singleValue,
        help: ArgumentHelp("Rows that ended with that error code; may be repeated.", valueName: "code"))
    var errorCodes: [String] = []

    @Option(
        name: .customLong("id"), parsing: .singleValue,
        help: ArgumentHelp("The row of that custom_id; may be repeated.", valueName: "custom_id"))
    var customIDs: [String] = []

    @Flag(help: "Tell what would be put back, and change nothing.")
    var dryRun = false

    @Flag(help: "Print it as one JSON object.")
    var json = false

    func validate() throws {
        guard !(classes.isEmpty && errorCodes.isEmpty && customIDs.isEmpty) else {
            throw ValidationError("say which rows: --class, --error or --id")
        }
        _ = try selection()
    }

    func run() async throws {
        try await Console.run {
            let report = try Queue.retry(selection(), run: run, queue: queue.path, isDryRun: dryRun)
            if json { Console.print(report.json) } else { Console.print(report.text) }
            return .success
        }
    }

    private func selection() throws -> RetrySelection {
        let names = classes.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
        do {
            return RetrySelection(
                classes: Set(try names.map { try RetrySelection.resultClass($0) }), errorCodes: errorCodes,
                customIDs: customIDs)
        } catch let fault as RetryFault {
            throw ValidationError("--class: \(fault)")
        }
    }
}

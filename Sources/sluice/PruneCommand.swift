import ArgumentParser
import Sluice

struct PruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Delete runs with all that is theirs, or tell what they hold.",
        discussion: """
            Without a run, --keep or --older-than nothing is deleted: it tells what each run holds. Where several are \
            said, a run must fit them all. What is deleted leaves free pages in the file, which later runs fill; \
            --vacuum gives them back to the file system.
            """)

    @Argument(
        help: ArgumentHelp(
            "A run's number, or the name of a job that has one run; with --keep or --older-than all runs of that job.",
            valueName: "run"))
    var runs: [String] = []

    @OptionGroup var queue: QueueOptions

    @Option(help: ArgumentHelp("All but the newest so many runs of each job.", valueName: "n"))
    var keep: Int?

    @Option(help: ArgumentHelp("Runs not touched for so long, such as 30d or 12h.", valueName: "time"))
    var olderThan: String?

    @Option(
        help: ArgumentHelp(
            "Of this run, rows that were changed or removed since; the run stays. Its totals keep what they cost.",
            valueName: "run"))
    var history: String?

    @Flag(help: "Tell what would be deleted, and change nothing.")
    var dryRun = false

    @Flag(
        help: """
            Write the file anew without its free pages: it takes as much room again, here and in the folder for \
            temporary files, and whoever writes to the queue waits.
            """)
    var vacuum = false

    @Flag(help: "Print a JSON object a run.")
    var json = false

    func validate() throws {
        if let keep, keep < 0 { throw ValidationError("--keep takes a number from 0") }
        if let olderThan, Duration(text: olderThan) == nil {
            throw ValidationError("--older-than takes a length of time, such as 30d or 12h")
        }
        guard history == nil || (runs.isEmpty && keep == nil && olderThan == nil) else {
            throw ValidationError(
                "--history names the one run whose old rows go; it takes no other run, --keep or --older-than")
        }
        guard !(dryRun && vacuum) else { throw ValidationError("--dry-run and --vacuum exclude each other") }
    }

    func run() async throws {
        try await Console.run {
            let stops = StopRequests()
            let signals = SignalWatch(stops)
            defer { signals.end() }
            let now = SystemTimekeeper().now()
            let pruner = Pruner(queue: queue.path, now: now) {
                // Asked between two transactions: until the first one a wish ends the program where it stands.
                if stops.isAsked { stops.hear() }
                return stops.isAsked
            }
            do {
                if let history {
                    try pruneHistory(pruner, history)
                } else {
                    try pruneRuns(pruner, now)
                }
            } catch let fault as PruneFault {
                guard case .interrupted = fault else { throw fault }
                Console.tell("sluice: \(fault)")
                return .workLeft
            }
            if vacuum {
                let (before, after) = try pruner.vacuum()
                Console.tell(
                    "the file had \(ByteCount(bytes: before).rounded), and has \(ByteCount(bytes: after).rounded)")
            }
            return .success
        }
    }

    private func pruneRuns(_ pruner: Pruner, _ now: Timestamp) throws {
        let half = try pruner.halfPruned()
        let holdings = try pruner.holdings()
        // Named again, what is deleted in part is no run any more, and goes anyway.
        let names = runs.filter { name in
            !half.contains { String($0.id) == name || $0.job == name }
                || holdings.contains { $0.report.run.job == name }
        }
        let selection =
            names.isEmpty && !runs.isEmpty
            ? PruneSelection()
            : PruneSelection(
                runs: names, keep: keep,
                untouchedSince: olderThan.flatMap { Duration(text: $0) }.map { now + (.zero - $0) })
        let named = try selection.chosen(of: holdings)
        // A run that is being run now is old by nobody's reckoning; named by itself it is refused.
        let chosen = runs.isEmpty ? named.filter { !$0.report.isLive } : named
        // Unasked, all are shown.
        let shown = runs.isEmpty && selection.isEmpty ? holdings : chosen
        let list = HoldingList(shown)
        if json {
            for line in list.json { Console.print(line) }
        } else if !shown.isEmpty {
            Console.print(list.text)
        }
        for live in named where live.report.isLive && runs.isEmpty {
            Console.tell("run \(live.report.run.id) is being run and stays")
        }
        if dryRun {
            for run in half { Console.tell("run \(run.id) is deleted in part; without --dry-run the rest goes too") }
        }
        guard !dryRun, !(chosen.isEmpty && half.isEmpty) else {
            return Console.tell(nothingDone(selection, chosen, list))
        }
        let removal = try pruner.delete(chosen.map(\.report.run.id))
        tell(removal.runs.count == 1 ? "1 run deleted" : "\(removal.runs.count) runs deleted", removal)
    }

    private func nothingDone(_ selection: PruneSelection, _ chosen: [RunHolding], _ list: HoldingList) -> String {
        if selection.isEmpty { return "nothing deleted; name runs, or say --keep or --older-than" }
        guard !chosen.isEmpty else { return "no such run: nothing to delete" }
        let runs = chosen.count == 1 ? "1 run" : "\(chosen.count) runs"
        return
            "\(runs) would be deleted, which frees about \(ByteCount(bytes: list.bytes).rounded); nothing was changed"
    }

    private func pruneHistory(_ pruner: Pruner, _ name: String) throws {
        if dryRun {
            let run = try Queue(reading: queue.path).run(named: name)
            let rows = try pruner.holdings().first { $0.report.run.id == run.id }?.retired ?? 0
            return Console.tell("\(Self.rows(rows)) of run \(run.id) would be deleted; nothing was changed")
        }
        let (run, rows, removal) = try pruner.deleteHistory(of: name)
        tell("\(Self.rows(rows)) of run \(run.id) deleted", removal)
    }

    private func tell(_ what: String, _ removal: Pruner.Removal) {
        let free = ByteCount(bytes: removal.free).rounded
        Console.tell(
            vacuum
                ? "\(what): \(ByteCount(bytes: removal.freed).rounded) free"
                : "\(what): \(ByteCount(bytes: removal.freed).rounded) free; the file keeps its size, later runs fill its "
                    + "\(free), --vacuum gives them back")
    }

    private static func rows(_ count: Int) -> String {
        count == 1 ? "1 changed or removed row" : "\(RunReport.grouped(count)) changed or removed rows"
    }
}

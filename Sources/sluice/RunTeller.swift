import ArgumentParser
import Sluice

/// Tells a person on standard error what a run does.
struct RunTeller {
    private let job: Job
    private let isQuiet: Bool
    private let progress: ProgressLine

    init(job: Job, isQuiet: Bool) {
        self.job = job
        self.isQuiet = isQuiet
        progress = ProgressLine(isShown: !isQuiet)
    }

    func tell(_ event: RunEvent) {
        switch event {
        case .planning(let rows):
            progress.show("planning · \(RunReport.grouped(rows)) rows read")
        case .foundLostAttempts(let count):
            say(
                "an earlier sitting ended with \(count == 1 ? "1 attempt" : "\(RunReport.grouped(count)) attempts") "
                    + "unanswered: possibly billed, and sent again")
        case .planned(let run, let difference, let forecast):
            clear()
            let summary = PlanSummary(job: job, run: run, difference: difference, forecast: forecast)
            say("run \(run.id) · \(job.name) · \(summary.line)")
            if difference.toSend == 0 {
                say("every row has its result: nothing to send")
            } else if difference.toSend < difference.rows {
                say(
                    "\(RunReport.grouped(difference.toSend)) to send, \(RunReport.grouped(difference.rows - difference.toSend)) have their result"
                )
            }
        case .newerRun(let id):
            say("it goes on with the run that has rows left; run \(id) is newer, and complete")
        case .answeredElsewhere(let endpoint):
            say("its results so far came from \(endpoint); --new asks anew")
        case .sending(let monitor):
            progress.follow(monitor)
        case .sent:
            progress.end()
        case .exported(let summary, let results, let errors):
            if results != "-" { say(Self.sentence(summary, results, errors)) }
        }
    }

    func clear() { progress.clear() }

    /// The closing totals, and how to go on where work is left.
    func conclude(_ result: RunResult) {
        guard !isQuiet else { return }
        Console.tell(unended: result.report.text)
        tell(result.stops)
        // A stop that was asked for while the last answers landed left nothing to go on with.
        guard !result.report.isComplete else { return }
        tellEnd(result.end, result.report)
    }

    /// How to go on after a sitting that ended early.
    func tellEnd(_ end: RunEnd, _ report: RunReport) {
        switch end {
        case .complete: break
        case .interrupted: Console.tell("stopped; the same command goes on with what is left")
        case .stopped(let cause, let words):
            Console.tell("the endpoint refuses to go on (\(cause.rawValue)): \(words)")
            Console.tell("mend that, then the same command goes on with what is left")
        case .dayIsUsed(let time):
            Console.tell(
                "the day's limit is used up; from \(time.localText) on the same command goes on with what is left")
        case .unreachable(let words):
            Console.tell("the endpoint cannot be reached: \(words)")
            Console.tell("mend that, then the same command goes on with what is left")
        case .throttled(let wait):
            Console.tell(
                "the endpoint asks for a pause of \(RunReport.duration(wait)); run the same command again then")
        case .budget(let stop):
            Console.tell(LeftOver(report).sentence(stop))
        }
    }

    /// Of one endpoint alone the run's end says it.
    private func tell(_ stops: [EndpointStop]) {
        guard job.endpoints.count > 1 else { return }
        for stop in stops where stops.count < job.endpoints.count {
            Console.tell("endpoint \(stop.endpoint) refused to go on: \(stop.words); the others took its rows")
        }
    }

    func explain(_ failure: Planner.Failure) -> ExitCode {
        clear()
        if case .invalid(let first, let count) = failure {
            for problem in first { Console.tell("\(problem)") }
            if count > first.count { Console.tell("… and \(RunReport.grouped(count - first.count)) more") }
        }
        Console.tell("sluice: \(failure)")
        if case .interrupted = failure { return .workLeft }
        return .couldNotRun
    }

    static func sentence(_ summary: Exporter.Summary, _ results: String, _ errors: String?) -> String {
        let rows = summary.rows == 1 ? "1 row" : "\(RunReport.grouped(summary.rows)) rows"
        guard let errors else { return "\(rows) written to \(results)" }
        return "\(rows) written to \(results), \(RunReport.grouped(summary.errors)) to \(errors)"
    }

    /// What became of the rows of a damaged queue.
    static func sentence(lost: Int, of rows: Int) -> String {
        guard lost > 0 else { return "every row could be read" }
        return "\(RunReport.grouped(lost)) of \(RunReport.grouped(rows)) rows could not be read and are missing there; "
            + "the queue is left as it is"
    }

    private func say(_ line: String) {
        guard !isQuiet else { return }
        Console.tell(line)
    }
}

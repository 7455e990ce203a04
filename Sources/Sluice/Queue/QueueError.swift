#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What can be wrong with a queue besides SQLite's own errors. Each description is a sentence with the next step.
package enum QueueError: Error, Sendable, Equatable, CustomStringConvertible {
    case noQueue(path: String)
    case olderSchema(path: String)
    case notADatabase(path: String)
    case cannotCreate(path: String, errno: Int32)
    case cannotLock(path: String, errno: Int32)
    case noRun(wanted: String?, path: String)
    case notPlanned(run: Int64)
    case runIsBusy(run: Int64, holder: String)
    case inputNotKept(run: Int64)
    case otherInput(run: Int64, job: String, input: String)

    package var description: String {
        switch self {
        case .noQueue(let path):
            "there is no queue at \(path); start a run first, or name the queue with --queue"
        case .olderSchema(let path):
            "\(path) was written by an older version of Sluice; `sluice run` brings it up to date"
        case .notADatabase(let path):
            "\(path) is not a SQLite database, or is damaged; it was left as it is, name another queue with --queue"
        case .cannotCreate(let path, let code):
            "cannot create \(path): \(String(cString: strerror(code)))"
        case .cannotLock(let path, let code):
            "cannot lock \(path): \(String(cString: strerror(code))); keep the queue on a local disk"
        case .noRun(let wanted?, let path):
            "no run '\(wanted)' in \(path); `sluice runs` lists what there is"
        case .noRun(nil, let path):
            "no run in \(path) yet; start one with `sluice run`"
        case .notPlanned(let run):
            "run \(run) has no valid plan yet, so there is nothing to show; `sluice run` plans it"
        case .runIsBusy(let run, let holder):
            "run \(run) is being run by another process\(holder.isEmpty ? "" : " (\(holder))"); "
                + "wait for it, or stop it first"
        case .inputNotKept(let run):
            "run \(run) did not keep the input's columns; run the job again with `with: [input]` under output, "
                + "or with --with input: nothing is sent for that"
        case .otherInput(let run, let job, let input):
            "run \(run), '\(job)', was planned from \(input); give this input a --name of its own, "
                + "or name it \(job) with --name to replace the rows of that run"
        }
    }
}

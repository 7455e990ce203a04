/// Why runs were not deleted, or not all. Each description is a sentence with the next step.
package enum PruneFault: Error, Sendable, Equatable, CustomStringConvertible {
    case noRun(String)
    case severalRuns(job: String, [Int64])
    case liveRun(Int64)
    /// Stopped between two transactions.
    case interrupted(half: Int64?)

    package var description: String {
        switch self {
        case .noRun(let name): "no run '\(name)'; `sluice runs` lists what there is. Nothing was deleted"
        case .severalRuns(let job, let runs):
            "'\(job)' has \(runs.count) runs (\(runs.map(String.init).joined(separator: ", "))): name them by number, "
                + "or say --keep or --older-than. Nothing was deleted"
        case .liveRun(let run):
            "run \(run) is being run, and would wait for as long as the queue is written anew; "
                + "say --vacuum when it is over"
        case .interrupted(nil): "interrupted; the same command goes on"
        case .interrupted(let half?):
            "interrupted; run \(half) is deleted in part and shown no more, the next `sluice prune` deletes the rest"
        }
    }
}

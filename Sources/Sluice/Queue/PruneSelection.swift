/// Which runs are to be deleted. All that is said must hold.
package struct PruneSelection: Sendable, Equatable {
    /// Runs by number, or all runs of a job by its name; empty stands for every run.
    package var runs: [String]
    /// The newest so many runs of each job stay.
    package var keep: Int?
    /// Runs that were touched since then stay.
    package var untouchedSince: Timestamp?

    package init(runs: [String] = [], keep: Int? = nil, untouchedSince: Timestamp? = nil) {
        self.runs = runs
        self.keep = keep
        self.untouchedSince = untouchedSince
    }

    /// Whether anything was asked for: nothing is deleted unasked.
    package var isEmpty: Bool { runs.isEmpty && keep == nil && untouchedSince == nil }

    /// Takes out of `holdings`, which are in the order of the runs' numbers, those that are to go.
    ///
    /// - Throws: `PruneFault` where a name is no run's, or that of several runs with nothing to tell them apart.
    package func chosen(of holdings: [RunHolding]) throws(PruneFault) -> [RunHolding] {
        guard !isEmpty else { return [] }
        let named = try namedRuns(holdings)
        var newer: [String: Int] = [:]
        var chosen: [RunHolding] = []
        for holding in holdings.reversed() {
            let run = holding.report.run
            let rank = newer[run.job, default: 0]
            newer[run.job] = rank + 1
            if let named, !named.contains(run.id) { continue }
            if let keep, rank < keep { continue }
            if let untouchedSince, holding.touchedAt >= untouchedSince { continue }
            chosen.append(holding)
        }
        return chosen.reversed()
    }

    /// Nil where no run was named.
    private func namedRuns(_ holdings: [RunHolding]) throws(PruneFault) -> Set<Int64>? {
        guard !runs.isEmpty else { return nil }
        var named: Set<Int64> = []
        for name in runs {
            if let number = Int64(name), holdings.contains(where: { $0.report.run.id == number }) {
                named.insert(number)
                continue
            }
            let ofJob = holdings.map(\.report.run).filter { $0.job == name }.map(\.id)
            guard !ofJob.isEmpty else { throw .noRun(name) }
            // Elsewhere the name stands for the newest: too easily deleted by somebody who means all, or the others.
            guard ofJob.count == 1 || keep != nil || untouchedSince != nil else {
                throw .severalRuns(job: name, ofJob)
            }
            named.formUnion(ofJob)
        }
        return named
    }
}

import JSON

/// Writes the results of a run, in input order, from a connection of its own: also while the run goes on.
package struct Exporter {
    package struct Summary: Sendable, Equatable {
        /// Rows in the results.
        package var rows = 0
        /// Rows in the error file.
        package var errors = 0
        /// Rows that a damaged queue no longer gives.
        package var lost = 0
    }

    private let queue: Queue
    private let run: RunRecord
    private let salvages: Bool

    /// - Parameter salvages: write what can be read of a damaged queue, in the order in which the rows were planned.
    package init(_ queue: Queue, run: RunRecord, salvages: Bool = false) {
        self.queue = queue
        self.run = run
        self.salvages = salvages
    }

    /// - Parameters:
    ///   - results: a path, or `-` for standard output.
    ///   - errors: where rows go that the format (`batch`) or the job keeps apart; nil keeps all rows together.
    ///   - checkpoint: called now and then; it throws to end the writing, and no file appears.
    package func export(
        format: OutputSettings.Format, parts: Set<OutputSettings.Part>, to results: String, errors: String?,
        checkpoint: () throws -> Void = {}
    ) throws -> Summary {
        let output = try OutputFile(results)
        let errorOutput = try errors.map { try OutputFile($0) }
        var writer = try self.writer(format, parts)
        var summary = Summary()
        try output.write { writer.appendHeader(to: &$0) }
        try errorOutput?.write { writer.appendHeader(to: &$0) }
        summary.lost = try forEachResult(
            input: parts.contains(.input), request: parts.contains(.request), requestID: format == .batch
        ) { row in
            if (summary.rows + summary.errors) % 1024 == 0 { try checkpoint() }
            if let errorOutput, !belongsToResults(row, format) {
                summary.errors += 1
                try errorOutput.write { writer.append(row, to: &$0) }
            } else {
                summary.rows += 1
                try output.write { writer.append(row, to: &$0) }
            }
        }
        try output.commit()
        try errorOutput?.commit()
        return summary
    }

    /// - Returns: how many rows could not be read.
    private func forEachResult(
        input: Bool, request: Bool, requestID: Bool = false, _ row: (ResultRow) throws -> Void
    ) throws -> Int {
        if salvages { return try queue.salvageResults(of: run, input: input, row) }
        try queue.forEachResult(of: run, input: input, request: request, requestID: requestID, row)
        return 0
    }

    private func belongsToResults(_ row: ResultRow, _ format: OutputSettings.Format) -> Bool {
        format == .batch ? row.isBatchSuccess : row.resultClass == .ok
    }

    private func writer(
        _ format: OutputSettings.Format, _ parts: Set<OutputSettings.Part>
    ) throws -> any ResultWriter {
        switch format {
        case .jsonl: JSONLinesWriter(parts: parts)
        case .batch: BatchWriter(run: run.id)
        case .csv: CSVWriter(parts: parts, inputColumns: parts.contains(.input) ? try inputColumns() : [])
        }
    }

    /// The names of all columns that the input's rows have, in the order in which they first appear.
    private func inputColumns() throws -> [String] {
        let parser = JSONParser()
        var names: [String] = []
        var known: Set<String> = []
        _ = try forEachResult(input: true, request: false) { row in
            guard let input = row.input, let object = try? parser.parse(input) else { return }
            for (key, _) in object.members {
                guard let name = key.string, known.insert(name).inserted else { continue }
                names.append(name)
            }
        }
        return names
    }
}

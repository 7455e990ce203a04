/// The runs of a queue, one a line.
package struct RunList: Sendable {
    private let reports: [RunReport]

    package init(_ reports: [RunReport]) { self.reports = reports }

    package var text: String {
        guard !reports.isEmpty else { return "no runs yet\n" }
        var rows = [["run", "job", "rows", "ok", "other", "unsent", "state"]]
        for report in reports {
            let ok = report.totals[.ok]
            rows.append([
                String(report.run.id), report.run.job, RunReport.grouped(report.run.rows), RunReport.grouped(ok),
                RunReport.grouped(report.totals.settled - ok), RunReport.grouped(report.unsent), report.state,
            ])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { Self.line($0, widths) }.joined()
    }

    /// Numbers stand to the right of their column, words to the left.
    private static func line(_ cells: [String], _ widths: [Int]) -> String {
        let padded = cells.enumerated().map { column, cell in
            let space = String(repeating: " ", count: widths[column] - cell.count)
            return (2...5).contains(column) ? space + cell : cell + (column == cells.count - 1 ? "" : space)
        }
        return padded.joined(separator: "  ") + "\n"
    }
}

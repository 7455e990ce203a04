/// The runs of a queue, one a line.
package struct RunList: Sendable {
    private let reports: [RunReport]

    package init(_ reports: [RunReport]) { self.reports = reports }

    package var text: String {
        guard !reports.isEmpty else { return "no runs yet\n" }
        var rows = [["run", "job", "rows", "ok", "other", "unsent", "reused", "size", "state"]]
        for report in reports {
            let ok = report.totals[.ok]
            rows.append([
                String(report.run.id), report.run.job, RunReport.grouped(report.run.rows), RunReport.grouped(ok),
                RunReport.grouped(report.totals.settled - ok), RunReport.grouped(report.unsent),
                RunReport.grouped(report.totals.reused), report.bytes.map { ByteCount(bytes: $0).rounded } ?? "-",
                report.state,
            ])
        }
        return ColumnTable(rows, right: [2, 3, 4, 5, 6, 7]).text
    }
}

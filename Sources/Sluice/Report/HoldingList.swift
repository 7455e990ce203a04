#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What runs hold in a queue, and would free.
package struct HoldingList: Sendable {
    private let holdings: [RunHolding]

    package init(_ holdings: [RunHolding]) { self.holdings = holdings }

    package var bytes: Int { holdings.reduce(0) { $0 + $1.bytes } }

    package var text: String {
        var rows = [["run", "job", "rows", "history", "would free", "untouched since (UTC)", "state"]]
        for holding in holdings {
            let run = holding.report.run
            rows.append([
                String(run.id), run.job, RunReport.grouped(run.rows), RunReport.grouped(holding.retired),
                ByteCount(bytes: holding.bytes).rounded, holding.touchedAt.text, holding.report.state,
            ])
        }
        return ColumnTable(rows, right: [2, 3, 4]).text
    }

    /// One object a run. Members: run, job, state, rows, history_rows, bytes, untouched_since (ms since 1970 UTC).
    package var json: [[UInt8]] {
        holdings.map { holding in
            var object = JSONObject()
            object.add("run", holding.report.run.id)
            object.add("job", holding.report.run.job)
            object.add("state", holding.report.state)
            object.add("rows", holding.report.run.rows)
            object.add("history_rows", holding.retired)
            object.add("bytes", holding.bytes)
            object.add("untouched_since", holding.touchedAt.milliseconds)
            return object.closed()
        }
    }
}

extension Timestamp {
    /// `2026-11-24 13:45`, in UTC.
    fileprivate var text: String {
        var seconds = time_t(milliseconds / 1000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var text = [UInt8](repeating: 0, count: 32)
        let count = text.withUnsafeMutableBytes { buffer in
            strftime(buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count, "%Y-%m-%d %H:%M", &parts)
        }
        return String(decoding: text[..<count], as: UTF8.self)
    }
}

import CSV
import JSON
import Testing

@testable import Sluice

/// A job around a request block, as in a job file.
func makeJob(request: String = "", id: String? = nil, url: String? = nil, with parts: Set<OutputSettings.Part> = [])
    throws -> Job
{
    var text = "input: in.jsonl\nendpoint: {base_url: 'http://localhost/v1'}\n"
    if !request.isEmpty {
        text += "request:\n" + request.split(separator: "\n").map { "  \($0)\n" }.joined()
    }
    var job = try JobFile.parse(text: text, path: "test.yaml")
    if let id { job.customID = try Template(plain: id) }
    if let url { job.url = url }
    job.output.parts = parts
    return job
}

/// Renders a JSON line with a job.
func render(_ line: String, _ job: Job) throws -> RenderedRow {
    let parser = JSONParser()
    let value = try parser.parse(Array(line.utf8))
    return try RequestRenderer(job: job).render(InputRow(line: 1, content: .json(value)))
}

/// Renders one CSV row with a job.
func render(_ columns: [String], _ fields: [String], _ job: Job) throws -> RenderedRow {
    try render([(columns, fields)], job)[0]
}

/// Renders one row of each of several CSV files with the same renderer.
func render(_ files: [(columns: [String], fields: [String])], _ job: Job) throws -> [RenderedRow] {
    let renderer = try RequestRenderer(job: job)
    return try files.map { file in
        let text = [file.columns, file.fields].map { record in
            record.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: ",") + "\n"
        }.joined()
        let parser = CSVParser()
        var header: CSVHeader?
        var rendered: RenderedRow?
        try Array(text.utf8).withUnsafeBytes { bytes in
            try parser.parse(bytes) { row in
                if let header {
                    rendered = renderer.render(InputRow(line: row.line, content: .fields(columns: header, values: row)))
                } else {
                    header = try CSVHeader.read(row).get()
                }
            }
        }
        return try #require(rendered)
    }
}

extension RenderedRow {
    var request: PlannedRequest? {
        if case .request(let request) = self { request } else { nil }
    }

    /// The request's body as text.
    var body: String? {
        request.map { String(decoding: $0.body, as: UTF8.self) }
    }

    var problems: [RowProblem] {
        if case .problems(let problems) = self { problems } else { [] }
    }

    /// `column: reason` for each problem.
    var reasons: [String] {
        problems.map { ($0.column.map { "\($0): " } ?? "") + $0.reason }
    }
}

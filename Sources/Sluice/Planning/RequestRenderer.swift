import Digest
import JSON

/// Turns rows into requests: tells the three kinds of row apart, renders, checks, fingerprints.
///
/// 1. An OpenAI batch line carries its whole request. Its `body` is passed on byte for byte.
/// 2. Where the job's request has `messages` (or, for other operations than chat, any placeholder), the row fills it.
/// 3. Else the row brings `messages` or a `prompt` of its own: its API fields are put after the job's, and win.
///
/// One for each planning thread; it reuses its buffers and parsers.
package final class RequestRenderer {
    private let job: Job
    private let route: APIRoute
    private let fillsTemplate: Bool
    private let wantsInput: Bool
    // Unchecked, here and below: filling a template and checking what came of it call nothing that comes back here.
    @exclusivity(unchecked) private var template: BoundTemplate
    @exclusivity(unchecked) private var customIDTemplate: BoundTemplate?
    @exclusivity(unchecked) private var priorityTemplate: BoundTemplate?
    private var ownRequest: OwnRequest
    private let validation = RequestValidation()
    private let streamMembers: StreamMembers
    /// For JSON inside fields; the row's own parser and the validation's hold other documents meanwhile.
    private let scratch = JSONParser()
    private let hasher: SHA256Hasher
    /// Nil where the job's request takes in no files.
    private let collector: AttachmentCollector?
    @exclusivity(unchecked) private var body: [UInt8] = []
    @exclusivity(unchecked) private var faults = RequestFaults()

    /// Throws `DigestError`, and `AttachmentFolderError` where files cannot be found for want of their folder.
    package init(job: Job) throws {
        self.job = job
        route = APIRoute(path: job.url)
        fillsTemplate = route == .chatCompletions ? job.request.contains("messages") : job.request.hasPlaceholders
        wantsInput = job.output.parts.contains(.input)
        collector =
            job.request.hasFiles
            ? AttachmentCollector(
                try LocalFiles(folder: job.attachmentFolder, maximum: job.attachments.maximum), route: route) : nil
        template = BoundTemplate(job.request.body, collector: collector)
        customIDTemplate = job.customID.map { BoundTemplate($0) }
        priorityTemplate = job.priority.map { BoundTemplate($0) }
        streamMembers = StreamMembers(streams: job.streams, asksForUsage: job.asksForUsage)
        ownRequest = OwnRequest(job.request, collector: collector)
        hasher = try SHA256Hasher()
    }

    /// The row's request, or everything that is wrong with the row.
    package func render(_ row: InputRow) -> RenderedRow {
        var problems: [RowProblem] = []
        collector?.removeAll()
        let request: PlannedRequest?
        switch row.content {
        case .json(let value):
            if BatchLine.matches(value, strictly: fillsTemplate) {
                request = batchRequest(value, row, &problems)
            } else {
                request = self.request(value, row, &problems)
            }
        case .fields(let columns, let values):
            request = self.request(CSVFields(header: columns, row: values), row, &problems)
        }
        guard problems.isEmpty, let request else {
            return .problems(Array(problems.prefix(RowProblem.maximumCount)))
        }
        return .request(request)
    }

    private func batchRequest(_ line: JSONValue, _ source: InputRow, _ problems: inout [RowProblem]) -> PlannedRequest?
    {
        guard job.request.isEmpty else {
            problems.append(
                RowProblem(
                    reason: "this is a batch line, which carries its whole request; "
                        + "remove request from the job, or give rows without a body"))
            return nil
        }
        let batch = BatchLine(line, &problems)
        let fill: Filling = { $0.append(line, self.scratch, to: &$1, &$2) }
        let id = customID(&problems, fill)
        let priority = priority(&problems, fill)
        guard let body = batch.body, let url = batch.url else { return nil }
        faults.removeAll()
        let route = APIRoute(path: url)
        let estimate = validation.check(body, route: route, faults: &faults)
        for fault in faults.items {
            problems.append(RowProblem(column: fault.offset.map { $0 + 1 }, reason: fault.reason))
        }
        guard problems.isEmpty, let estimate else { return nil }
        let input = wantsInput ? batch.input : nil
        return planned(
            id ?? batch.customID, source, url, route, body.rawBytes, estimate, priority, input: input, &problems)
    }

    private func request(_ row: JSONValue, _ source: InputRow, _ problems: inout [RowProblem]) -> PlannedRequest? {
        body.removeAll(keepingCapacity: true)
        var splices: [OwnRequest.Splice] = []
        if fillsTemplate {
            template.append(row, scratch, to: &body, &problems)
        } else if route == .chatCompletions {
            ownRequest.append(row, scratch, to: &body, &splices, &problems)
        } else {
            reportNoTemplate(&problems)
        }
        let fill: Filling = { $0.append(row, self.scratch, to: &$1, &$2) }
        let id = customID(&problems, fill)
        let priority = priority(&problems, fill)
        let rowID = customIDTemplate == nil ? RowID.member(of: row, &problems) : nil
        guard let estimate = check(splices, &problems) else { return nil }
        return planned(
            id ?? rowID, source, job.url, route, body, estimate, priority, input: input(of: source), &problems)
    }

    private func request(_ row: CSVFields, _ source: InputRow, _ problems: inout [RowProblem]) -> PlannedRequest? {
        body.removeAll(keepingCapacity: true)
        if fillsTemplate {
            template.append(row, scratch, to: &body, &problems)
        } else if route == .chatCompletions {
            ownRequest.append(row, scratch, to: &body, &problems)
        } else {
            reportNoTemplate(&problems)
        }
        let fill: Filling = { $0.append(row, self.scratch, to: &$1, &$2) }
        let id = customID(&problems, fill)
        let priority = priority(&problems, fill)
        let rowID = customIDTemplate == nil ? RowID.field(of: row, &problems) : nil
        guard let estimate = check([], &problems) else { return nil }
        return planned(
            id ?? rowID, source, job.url, route, body, estimate, priority, input: input(of: source), &problems)
    }

    /// Checks the rendered body; nil when anything is wrong with the row.
    private func check(_ splices: [OwnRequest.Splice], _ problems: inout [RowProblem]) -> TokenEstimate? {
        guard problems.isEmpty else { return nil }
        faults.removeAll()
        let estimate = validation.check(body, attachments: attachments, route: route, faults: &faults)
        for fault in faults.items {
            let splice = splices.first { splice in fault.offset.map { splice.range.contains($0) } ?? false }
            let column = splice.flatMap { splice in
                fault.offset.map { $0 - splice.range.lowerBound + splice.source + 1 }
            }
            problems.append(RowProblem(column: column, reason: fault.reason))
        }
        return estimate
    }

    private var attachments: [Attachment] { collector?.attachments ?? [] }

    private func reportNoTemplate(_ problems: inout [RowProblem]) {
        problems.append(
            RowProblem(reason: "the job's request has no {{column}} for this row to fill; add one, or give batch lines")
        )
    }

    /// Fills a template with the row at hand.
    private typealias Filling = (inout BoundTemplate, inout [UInt8], inout [RowProblem]) -> Void

    /// The id that the job's template gives the row; nil without a template, or when it is faulty.
    private func customID(_ problems: inout [RowProblem], _ fill: Filling) -> String? {
        guard let text = Self.text(&customIDTemplate, &problems, fill) else { return nil }
        if let reason = RowID.fault(of: text) {
            problems.append(RowProblem(reason: "id: \(reason)"))
            return nil
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// What the job's template makes of the row: a whole number; an empty text, as of a row without one, is 0.
    private func priority(_ problems: inout [RowProblem], _ fill: Filling) -> Int {
        guard let text = Self.text(&priorityTemplate, &problems, fill), !text.isEmpty else { return 0 }
        guard let priority = Int(String(decoding: text, as: UTF8.self)), Self.priorities.contains(priority) else {
            problems.append(
                RowProblem(
                    reason: "priority: must be a whole number from \(Self.priorities.lowerBound) to "
                        + "\(Self.priorities.upperBound), or empty"))
            return 0
        }
        return priority
    }

    private static let priorities = -100...100

    /// What one of the job's templates beside the request's makes of the row; nil without one, or when it is faulty.
    private static func text(
        _ template: inout BoundTemplate?, _ problems: inout [RowProblem], _ fill: Filling
    ) -> [UInt8]? {
        guard var bound = template.take() else { return nil }
        var text: [UInt8] = []
        var found: [RowProblem] = []
        fill(&bound, &text, &found)
        template = bound
        guard !found.isEmpty else { return text }
        problems += found.filter { !problems.contains($0) }
        return nil
    }

    private func input(of row: InputRow) -> [UInt8]? {
        guard wantsInput else { return nil }
        var object: [UInt8] = []
        row.appendJSONObject(to: &object)
        return object
    }

    private func planned(
        _ customID: String?, _ source: InputRow, _ url: String, _ route: APIRoute, _ body: [UInt8],
        _ estimate: TokenEstimate, _ priority: Int, input: [UInt8]?, _ problems: inout [RowProblem]
    ) -> PlannedRequest? {
        guard problems.isEmpty else { return nil }
        var body = body
        streamMembers.complete(&body, validation.streamFacts, route)
        do {
            let fingerprint = try Fingerprint(
                method: "POST", url: url, body: body, attachments: attachments, hasher: hasher)
            return PlannedRequest(
                customID: customID, line: source.line, url: url, body: body, fingerprint: fingerprint,
                model: validation.model, input: input, estimate: estimate, attachments: attachments,
                priority: priority)
        } catch {
            problems.append(RowProblem(reason: error.description))
            return nil
        }
    }
}

extension RequestTemplate {
    /// The whole body as one template.
    var body: Template {
        var body = Template()
        body.append("{")
        for (index, field) in fields.enumerated() {
            if index > 0 { body.append(",") }
            body.append(field.member)
        }
        body.append("}")
        return body
    }
}

extension RequestTemplate.Field {
    /// `"name":value`
    var member: Template {
        var name: [UInt8] = []
        JSONText.appendString(self.name, to: &name)
        var member = Template()
        member.append(name + [UInt8(ascii: ":")])
        member.append(value)
        return member
    }
}

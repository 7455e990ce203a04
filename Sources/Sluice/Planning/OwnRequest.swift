import JSON

/// Puts together the request of a row that brings its own `messages` or `prompt`: the job's fields, then the row's
/// API fields as they are written there. Where both have a field, the row's counts.
struct OwnRequest {
    /// Bytes of a body that stand in the row as well.
    struct Splice {
        /// Offsets in the body.
        let range: Range<Int>
        /// The offset of the first byte in the row.
        let source: Int
    }

    private enum Column {
        case field(APIFields.Field)
        case prompt
    }

    private let names: [String]
    private var members: [BoundTemplate]
    /// For the header bound last: which of its columns become part of the body.
    private var header: CSVHeader?
    private var columns: [(index: Int, column: Column)] = []

    init(_ request: RequestTemplate, collector: AttachmentCollector?) {
        names = request.fields.map(\.name)
        members = request.fields.map { BoundTemplate($0.member, collector: collector) }
    }

    func append(
        _ row: JSONValue, _ scratch: JSONParser, to body: inout [UInt8], _ splices: inout [Splice],
        _ problems: inout [RowProblem]
    ) {
        var fields: [(name: String, key: JSONValue, value: JSONValue)] = []
        var prompt: JSONValue?
        for (key, value) in row.members {
            guard let name = key.string else { continue }
            if name == "prompt" {
                prompt = value.isNull ? nil : value
            } else if APIFields.byName[name] != nil, name != "messages" || !value.isNull {
                fields.append((name, key, value))
            }
        }
        let hasMessages = fields.contains { $0.name == "messages" }
        guard hasMessages || prompt != nil else {
            return reportNothingToSend(row.members.compactMap(\.key.string), &problems)
        }
        body.append(UInt8(ascii: "{"))
        for (name, member) in zip(names, members) where !fields.contains(where: { $0.name == name }) {
            Self.separate(&body)
            member.append(row, scratch, to: &body, &problems)
        }
        for field in fields {
            Self.separate(&body)
            Self.splice(field.key, to: &body, &splices)
            body.append(UInt8(ascii: ":"))
            Self.splice(field.value, to: &body, &splices)
        }
        if !hasMessages, let prompt {
            guard prompt.kind == .string else {
                problems.append(
                    RowProblem(
                        column: prompt.range.lowerBound + 1,
                        reason: "prompt: must be text; a list of messages goes in 'messages'"))
                return
            }
            Self.separate(&body)
            body += #""messages":[{"role":"user","content":"#.utf8
            Self.splice(prompt, to: &body, &splices)
            body += "}]".utf8
        }
        body.append(UInt8(ascii: "}"))
    }

    mutating func append(
        _ row: CSVFields, _ scratch: JSONParser, to body: inout [UInt8], _ problems: inout [RowProblem]
    ) {
        if header !== row.header { bind(to: row.header) }
        var present = columns.filter { !row.isEmpty($0.index) }
        if present.contains(where: { if case .field(let field) = $0.column { field.name == "messages" } else { false } }
        ) {
            present.removeAll { if case .prompt = $0.column { true } else { false } }
        } else if !present.contains(where: { if case .prompt = $0.column { true } else { false } }) {
            return reportNothingToSend(row.header.names, &problems)
        }
        body.append(UInt8(ascii: "{"))
        for index in members.indices {
            let isOverridden = present.contains {
                if case .field(let field) = $0.column { field.name == names[index] } else { false }
            }
            if isOverridden { continue }
            Self.separate(&body)
            members[index].append(row, scratch, to: &body, &problems)
        }
        for (index, column) in present {
            Self.separate(&body)
            row.withField(index) { text in
                switch column {
                case .prompt:
                    body += #""messages":[{"role":"user","content":"#.utf8
                    JSONText.appendString(text, to: &body)
                    body += "}]".utf8
                case .field(let field):
                    JSONText.appendString(field.name, to: &body)
                    body.append(UInt8(ascii: ":"))
                    Self.append(text, as: field, scratch, to: &body, &problems)
                }
            }
        }
        body.append(UInt8(ascii: "}"))
    }

    private mutating func bind(to header: CSVHeader) {
        self.header = header
        columns = header.names.enumerated().compactMap { index, name in
            if name == "prompt" { return (index, .prompt) }
            return APIFields.byName[name].map { (index, .field($0)) }
        }
    }

    private static func append(
        _ text: UnsafeRawBufferPointer, as field: APIFields.Field, _ scratch: JSONParser, to body: inout [UInt8],
        _ problems: inout [RowProblem]
    ) {
        let isText =
            switch field.form {
            case .string: true
            case .json: false
            case .either: text.first.map { !"{[\"".utf8.contains($0) } ?? true
            }
        if isText { return JSONText.appendString(text, to: &body) }
        do {
            try scratch.parse(text).appendRaw(to: &body)
        } catch {
            problems.append(
                RowProblem(
                    reason:
                        "\(field.name): the column's text is not JSON: \(error.reason) at its byte \(error.offset + 1)")
            )
        }
    }

    private func reportNothingToSend(_ columns: [String], _ problems: inout [RowProblem]) {
        var reason = "the row has neither 'messages' nor 'prompt', and the job's request has no messages to fill"
        let own = ["prompt", "messages"]
        if let empty = own.first(where: columns.contains) {
            reason = "the row's '\(empty)' is empty, and the job's request has no messages to fill"
        } else if let near = columns.first(where: { NearestName.nearest(to: $0, among: own) != nil }) {
            reason += "; is '\(ColumnNames.printable(near))' meant to be one of them?"
        }
        problems.append(RowProblem(reason: reason))
    }

    private static func separate(_ body: inout [UInt8]) {
        if body.last != UInt8(ascii: "{") { body.append(UInt8(ascii: ",")) }
    }

    private static func splice(_ value: JSONValue, to body: inout [UInt8], _ splices: inout [Splice]) {
        let start = body.count
        value.appendRaw(to: &body)
        splices.append(Splice(range: start..<body.count, source: value.range.lowerBound))
    }
}

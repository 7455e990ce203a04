import JSON

/// A template ready to be filled: its holes are bound to a CSV header's columns once, and looked up by name in each
/// JSON row. Belongs to one renderer.
struct BoundTemplate {
    private let pieces: [Template.Piece]
    /// For each piece, its column in the header bound last; -1 for literals and for columns that do not exist.
    private var columns: [Int]
    /// The same as `pieces`, but for holes whose whole content, filter included, is a column's name.
    private var insertions: [Template.Insertion]
    private var header: CSVHeader?
    /// The pieces that take in files, in their order.
    private var files: [BoundFilePart] = []

    /// - Parameter collector: notes the files; without it parts that take in files come to nothing.
    init(_ template: Template, collector: AttachmentCollector? = nil) {
        pieces = template.pieces
        columns = Array(repeating: -1, count: template.pieces.count)
        insertions = template.pieces.map {
            if case .hole(_, let insertion) = $0 { insertion } else { .plain }
        }
        guard let collector else { return }
        files = template.pieces.compactMap {
            if case .file(let part) = $0 { BoundFilePart(part, collector) } else { nil }
        }
    }

    /// Appends the template filled with a JSON row's members. What is wrong goes to `problems`, and the bytes
    /// appended are then of no use.
    func append(_ row: JSONValue, _ scratch: JSONParser, to target: inout [UInt8], _ problems: inout [RowProblem]) {
        var files = files[...]
        for piece in pieces {
            switch piece {
            case .literal(let bytes):
                target.append(contentsOf: bytes)
            case .hole(let placeholder, let insertion):
                guard let found = placeholder.find(in: row, insertion, &problems) else { continue }
                append(found.value, found.insertion, placeholder, scratch, to: &target, &problems)
            case .file:
                files.popFirst()?.append(row, scratch, to: &target, &problems)
            }
        }
    }

    /// The same with a CSV row's fields.
    mutating func append(
        _ fields: CSVFields, _ scratch: JSONParser, to target: inout [UInt8], _ problems: inout [RowProblem]
    ) {
        if header !== fields.header { bind(to: fields.header) }
        var file = 0
        for index in pieces.indices {
            switch pieces[index] {
            case .literal(let bytes):
                target.append(contentsOf: bytes)
            case .hole(let placeholder, _):
                guard columns[index] >= 0 else {
                    placeholder.reportUnknown(among: fields.header.names, &problems)
                    continue
                }
                fields.withField(columns[index]) {
                    append($0, insertions[index], placeholder, scratch, to: &target, &problems)
                }
            case .file:
                guard file < files.count else { continue }
                files[file].append(fields, scratch, to: &target, &problems)
                file += 1
            }
        }
    }

    private mutating func bind(to header: CSVHeader) {
        self.header = header
        for (index, piece) in pieces.enumerated() {
            guard case .hole(let placeholder, let insertion) = piece else { continue }
            if let exact = header.position(of: placeholder.content) {
                columns[index] = exact
                insertions[index] = placeholder.insertionWithoutFilter(insertion)
            } else {
                columns[index] = header.position(of: placeholder.name) ?? -1
                insertions[index] = insertion
            }
        }
    }

    private func append(
        _ value: JSONValue, _ insertion: Template.Insertion, _ placeholder: Placeholder, _ scratch: JSONParser,
        to target: inout [UInt8], _ problems: inout [RowProblem]
    ) {
        switch (insertion, value.kind) {
        case (.value, _):
            value.appendRaw(to: &target)
        case (.text, .string):
            // What stands between the quotes is fit to stand between other quotes, and stays as the user wrote it.
            value.withRawBytes { target.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[1..<$0.count - 1])) }
        case (.plain, .string):
            _ = value.appendString(to: &target)
        case (.json, .string):
            var text: [UInt8] = []
            _ = value.appendString(to: &text)
            text.withUnsafeBytes { appendJSON($0, placeholder, scratch, to: &target, &problems) }
        case (.text, .null), (.plain, .null):
            break
        case (.text, .object), (.text, .array):
            value.withRawBytes { JSONText.appendEscaped($0, to: &target) }
        default:
            value.appendRaw(to: &target)
        }
    }

    private func append(
        _ field: UnsafeRawBufferPointer, _ insertion: Template.Insertion, _ placeholder: Placeholder,
        _ scratch: JSONParser, to target: inout [UInt8], _ problems: inout [RowProblem]
    ) {
        switch insertion {
        case .text: JSONText.appendEscaped(field, to: &target)
        case .value: JSONText.appendString(field, to: &target)
        case .json: appendJSON(field, placeholder, scratch, to: &target, &problems)
        case .plain: target.append(contentsOf: field)
        }
    }

    /// Appends text that is JSON of its own; nothing but white space counts as null.
    private func appendJSON(
        _ text: UnsafeRawBufferPointer, _ placeholder: Placeholder, _ scratch: JSONParser,
        to target: inout [UInt8], _ problems: inout [RowProblem]
    ) {
        if text.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }) {
            return target.append(contentsOf: "null".utf8)
        }
        do {
            try scratch.parse(text).appendRaw(to: &target)
        } catch {
            problems.append(
                RowProblem(
                    reason: "{{\(ColumnNames.printable(placeholder.content))}}: the column's text is not JSON: "
                        + "\(error.reason) at its byte \(error.offset + 1)"))
        }
    }
}

extension Placeholder {
    /// What the hole's form would be if the `|…` in it were part of a column's name.
    func insertionWithoutFilter(_ insertion: Template.Insertion) -> Template.Insertion {
        filter == .json ? .value : insertion
    }

    /// The value in a JSON row: of the member named by all that stands between the braces, else of the member named
    /// without filter and quotes, else at the path.
    fileprivate func find(
        in row: JSONValue, _ insertion: Template.Insertion, _ problems: inout [RowProblem]
    ) -> (value: JSONValue, insertion: Template.Insertion)? {
        if let value = row[content] { return (value, insertionWithoutFilter(insertion)) }
        if name != content, let value = row[name] { return (value, insertion) }
        guard case .member(let column)? = path.first, var value = row[column] else {
            reportUnknown(among: row.members.compactMap(\.key.string), &problems)
            return nil
        }
        for step in path.dropFirst() {
            let next: JSONValue? =
                switch step {
                case .member(let key): value[key]
                case .element(let index): value[index]
                }
            guard let next else {
                let missing =
                    switch step {
                    case .member(let key): "no member '\(ColumnNames.printable(key))'"
                    case .element(let index): "no element \(index)"
                    }
                append(
                    RowProblem(reason: "{{\(ColumnNames.printable(content))}}: the row has \(missing) there"), &problems
                )
                return nil
            }
            value = next
        }
        return (value, insertion)
    }

    fileprivate func reportUnknown(among columns: [String], _ problems: inout [RowProblem]) {
        var wanted = name
        if case .member(let column)? = path.first, !columns.contains(name) { wanted = column }
        var reason = ColumnNames.unknown(wanted, among: columns)
        if content.contains("|") && filter == nil { reason += "; the filters are |json and |text" }
        append(RowProblem(reason: reason), &problems)
    }

    /// A column used twice is reported once.
    private func append(_ problem: RowProblem, _ problems: inout [RowProblem]) {
        guard problems.count < RowProblem.maximumCount, !problems.contains(problem) else { return }
        problems.append(problem)
    }
}

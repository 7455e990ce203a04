import Yams

/// Reads a job file's `expect`: the word `json`, or a block. What it gives has been tried: it can be held against
/// answers.
struct ExpectationReader {
    let reader: YAMLReader
    /// A path of the file as seen from the working folder.
    let resolve: (String) -> String

    /// Nil, and reported, where the node says nothing that can be held against answers.
    func expectation(from node: Node) -> Expectation? {
        if case .scalar(let scalar) = node {
            if scalar.string == "json" { return Expectation(.json) }
            reader.report(
                scalar.mark,
                "expect: must be json or a block such as {json_schema: schema.json}, {regex: \"^[A-D]$\"} or "
                    + "{fields: [title, score]}")
            return nil
        }
        guard let section = YAMLSection(node, name: "expect", reader: reader) else { return nil }
        let faults = reader.problems.count
        var expectation = Expectation([])
        var places: [(key: String, node: Node?)] = []
        func add(_ kind: Expectation.Kind, _ key: String, _ node: Node?) {
            expectation.kinds.append(kind)
            places.append((key, node))
        }
        if section.bool("json") == true { add(.json, "json", nil) }
        if let node = section.node("json_schema"), let schema = schema(node, section) {
            var inline: Node? = node
            if case .scalar = node { inline = nil }
            add(.schema(schema), "json_schema", inline)
        }
        if let pattern = section.text("regex") { add(.regex(pattern), "regex", nil) }
        if let names = fields(section) { add(.fields(names), "fields", nil) }
        expectation.attempts = section.integer("attempts", in: Expectation.attemptsRange) ?? expectation.attempts
        expectation.correct = section.bool("correct") ?? expectation.correct
        section.finish()
        guard reader.problems.count == faults else { return nil }
        guard !expectation.kinds.isEmpty else {
            reader.report(node.mark, "expect: says nothing; write json: true, json_schema, regex or fields")
            return nil
        }
        do {
            _ = try AnswerCheck(expectation)
        } catch {
            let place = places[error.kind]
            let mark = place.node.flatMap { Self.mark(of: error.place, in: $0) }
            if let mark {
                reader.report(mark, "\(place.key): \(error.reason)")
            } else {
                section.report(place.key, error.reason)
            }
            return nil
        }
        return expectation
    }

    /// JSON text of a schema that is written out, or of the file that is named.
    private func schema(_ node: Node, _ section: YAMLSection) -> String? {
        switch node {
        case .mapping:
            return String(decoding: RequestTemplateReader(reader: reader).json(from: node), as: UTF8.self)
        case .scalar(let scalar) where (try? YAMLScalar(scalar)) == .string(scalar.string):
            do {
                return try Expectation.schema(path: resolve(scalar.string))
            } catch {
                section.report("json_schema", error.description)
                return nil
            }
        default:
            section.report("json_schema", "must be a JSON Schema, written out or the path of a .json file")
            return nil
        }
    }

    private func fields(_ section: YAMLSection) -> [String]? {
        guard let node = section.node("fields") else { return nil }
        guard case .sequence(let sequence) = node else {
            section.report("fields", "must be a list of names such as [title, score]")
            return nil
        }
        return sequence.compactMap { item in
            guard reader.enter(item, depth: 1), case .scalar(let scalar) = item else {
                reader.report(item.mark, "fields: a name must be text")
                return nil
            }
            return scalar.string
        }
    }

    /// Where a schema's value stands in the file: its key's place, or its own in a list.
    private static func mark(of place: [String], in root: Node) -> Mark? {
        var node = root
        var mark = root.mark
        for name in place {
            switch node {
            case .mapping(let mapping):
                let member = mapping.first {
                    guard case .scalar(let key) = $0.key else { return false }
                    return key.string == name
                }
                guard let member else { return mark }
                mark = member.key.mark
                node = member.value
            case .sequence(let sequence):
                guard let index = Int(name), sequence.indices.contains(index) else { return mark }
                node = sequence[index]
                mark = node.mark
            case .scalar, .alias:
                return mark
            }
        }
        return mark
    }
}

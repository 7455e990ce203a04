import Yams

/// One mapping of a job file while it is read: hands out its values by key, typed, and reports what is wrong with
/// them and which keys nobody asked for.
final class YAMLSection {
    private let reader: YAMLReader
    /// As in `limits`; empty for the file's top level.
    private let name: String
    private let mark: Mark?
    private var values: [String: (key: Node, value: Node)] = [:]
    private var order: [String] = []
    private var known: [String] = []

    /// Nil, and reported, when the node is no mapping. A node left empty is a mapping without keys.
    init?(_ node: Node, name: String, reader: YAMLReader) {
        self.reader = reader
        self.name = name
        mark = node.mark
        if case .scalar(let scalar) = node, (try? YAMLScalar(scalar)) == .null { return }
        guard case .mapping(let mapping) = node else {
            reader.report(
                node.mark, "\(name.isEmpty ? "a job file" : "'\(name)'") must be a list of 'key: value' lines")
            return nil
        }
        for (key, value) in mapping {
            guard reader.enter(key, depth: 0), reader.enter(value, depth: 0) else { return nil }
            guard case .scalar(let scalar) = key else {
                reader.report(key.mark, "a key must be plain text")
                continue
            }
            values[scalar.string] = (key, value)
            order.append(scalar.string)
        }
    }

    /// The value of a key, unless it is absent or left empty.
    func node(_ key: String) -> Node? {
        if !known.contains(key) { known.append(key) }
        guard let value = values[key]?.value else { return nil }
        if case .scalar(let scalar) = value, (try? YAMLScalar(scalar)) == .null { return nil }
        return value
    }

    func section(_ key: String) -> YAMLSection? {
        node(key).flatMap { YAMLSection($0, name: name.isEmpty ? key : "\(name).\(key)", reader: reader) }
    }

    /// The mappings of a list.
    ///
    /// - Parameter what: what the value must be, for whoever wrote something else.
    func sections(_ key: String, _ what: String) -> [YAMLSection] {
        guard let node = node(key) else { return [] }
        guard case .sequence(let items) = node, !items.isEmpty else {
            report(key, "must be \(what)")
            return []
        }
        return items.compactMap { item in
            guard reader.enter(item, depth: 0) else { return nil }
            return YAMLSection(item, name: name.isEmpty ? key : "\(name).\(key)", reader: reader)
        }
    }

    /// Reports a key that must be there.
    func require(_ key: String, _ example: String) {
        guard let entry = values[key] else {
            let place = name.isEmpty ? "" : " in \(name)"
            return reader.report(mark, "'\(key)' is missing\(place); write \(example)")
        }
        if node(key) == nil { reader.report(entry.key.mark, "'\(key)' is empty; write \(example)") }
    }

    func report(_ key: String, _ reason: String) {
        reader.report(values[key]?.value.mark ?? mark, "\(key): \(reason)")
    }

    /// Text: any scalar but null, true and false.
    func text(_ key: String) -> String? {
        guard let node = node(key) else { return nil }
        guard case .scalar(let scalar) = node else {
            report(key, Self.looksLikePlaceholder(node) ? Self.quotePlaceholder : "must be text")
            return nil
        }
        return scalar.string
    }

    /// Whether the value is this word.
    func isText(_ key: String, _ word: String) -> Bool {
        guard case .scalar(let scalar) = node(key) else { return false }
        return scalar.string == word
    }

    /// A whole number within a range.
    func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let scalar = scalar(key, "must be a whole number") else { return nil }
        guard case .number(let text) = scalar, let value = Int(text) else {
            report(key, "must be a whole number")
            return nil
        }
        guard range.contains(value) else {
            let bounds =
                range.upperBound == .max
                ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
            report(key, "must be \(bounds)")
            return nil
        }
        return value
    }

    /// A number within a range, with a fraction or without.
    func number(_ key: String, in range: ClosedRange<Double>) -> Double? {
        guard let scalar = scalar(key, "must be a number") else { return nil }
        guard case .number(let text) = scalar, let value = Double(text) else {
            report(key, "must be a number")
            return nil
        }
        guard range.contains(value) else {
            report(key, "must be from \(range.lowerBound) to \(Int(range.upperBound))")
            return nil
        }
        return value
    }

    func bool(_ key: String) -> Bool? {
        guard let scalar = scalar(key, "must be true or false") else { return nil }
        guard case .bool(let value) = scalar else {
            report(key, "must be true or false")
            return nil
        }
        return value
    }

    func duration(_ key: String) -> Duration? {
        let reason = "must be a length of time with its unit, such as 500ms, 10s, 2m or 1h"
        guard let text = scalarText(key, reason) else { return nil }
        guard let value = Duration(text: text), value > .zero, value <= .seconds(366 * 86_400) else {
            report(key, reason)
            return nil
        }
        return value
    }

    func money(_ key: String) -> Money? {
        let reason = "must be an amount in dollars such as 5 or 0.175, with at most 12 decimal places"
        guard let scalar = scalar(key, reason) else { return nil }
        guard case .number(let text) = scalar, let value = Money(dollars: text) else {
            report(key, reason)
            return nil
        }
        return value
    }

    func byteCount(_ key: String) -> ByteCount? {
        let reason = "must be a size with its unit, such as 500kB or 64MiB"
        guard let text = scalarText(key, reason) else { return nil }
        guard let value = ByteCount(text), value.bytes > 0 else {
            report(key, reason)
            return nil
        }
        return value
    }

    /// One of a few words.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: String, _: Choice.Type) -> Choice? {
        guard let text = text(key) else { return nil }
        return choice(text) { self.report(key, $0) }
    }

    /// A list of words out of a few; a single word may stand without the list.
    func choices<Choice: RawRepresentable<String> & CaseIterable>(_ key: String, _: Choice.Type) -> [Choice]? {
        guard let node = node(key) else { return nil }
        var items = [node]
        if case .sequence(let sequence) = node { items = Array(sequence) }
        return items.compactMap { item in
            guard case .scalar(let scalar) = item else {
                reader.report(item.mark, "\(key): must be a list of words")
                return nil
            }
            return choice(scalar.string) { reader.report(item.mark, "\(key): \($0)") }
        }
    }

    /// Name and value pairs in written order.
    func fields(_ key: String) -> [(field: Endpoint.Field, mark: Mark?)] {
        guard let node = node(key) else { return [] }
        guard case .mapping(let mapping) = node else {
            report(key, "must be a list of 'name: value' lines")
            return []
        }
        return mapping.compactMap { name, value in
            guard reader.enter(name, depth: 0), case .scalar(let name) = name, case .scalar(let value) = value else {
                reader.report(name.mark, "\(key): every name must have a text as its value")
                return nil
            }
            return (Endpoint.Field(name: name.string, value: value.string), name.mark)
        }
    }

    /// Reports keys that were never asked for, with what they were probably meant to be.
    func finish() {
        for key in order where !known.contains(key) {
            let place = name.isEmpty ? "" : " in \(name)"
            var reason = "unknown key '\(ColumnNames.printable(key))'\(place)"
            if let near = NearestName.nearest(to: key, among: known) {
                reason += "; did you mean '\(near)'?"
            } else if APIFields.all.contains(where: { $0.name == key }) {
                reason += "; it is a field of the API and belongs in request"
            } else if let near = NearestName.nearest(to: key, among: APIFields.all.lazy.map(\.name)) {
                reason += "; did you mean '\(near)'? That belongs in request"
            } else {
                reason += "; the keys are \(known.joined(separator: ", "))"
            }
            reader.report(values[key]?.key.mark, reason)
        }
    }

    /// `{{x}}` without quotes reads as a mapping whose key is a mapping.
    static func looksLikePlaceholder(_ node: Node) -> Bool {
        guard case .mapping(let mapping) = node, mapping.count == 1, let key = mapping.first?.key else { return false }
        if case .mapping = key { return true }
        return false
    }

    static let quotePlaceholder = "a value that begins with {{ needs quotes around it"

    private func scalar(_ key: String, _ reason: String) -> YAMLScalar? {
        guard let node = node(key) else { return nil }
        guard case .scalar(let scalar) = node else {
            report(key, reason)
            return nil
        }
        do {
            return try YAMLScalar(scalar)
        } catch {
            report(key, error.reason)
            return nil
        }
    }

    private func scalarText(_ key: String, _ reason: String) -> String? {
        guard let node = node(key) else { return nil }
        guard case .scalar(let scalar) = node else {
            report(key, reason)
            return nil
        }
        return scalar.string
    }

    private func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ text: String, report: (String) -> Void
    ) -> Choice? {
        if let value = Choice(rawValue: text) { return value }
        let names = Choice.allCases.map(\.rawValue)
        var reason = "must be one of \(names.joined(separator: ", "))"
        if let near = NearestName.nearest(to: text, among: names) { reason += "; did you mean '\(near)'?" }
        report(reason)
        return nil
    }
}

/// What stands between `{{` and `}}`: the column or member of a row whose value is put there.
///
///     {{title}}            the column `title`
///     {{ article title }}  a column with a space in its name; white space at the ends does not count
///     {{a.b[0]}}           a column of that very name, else element 0 of member `b` of column `a` (JSON rows)
///     {{"a.b"}}            only the column of that very name
///     {{score|json}}       the column's text as JSON, in place of the whole string
///     {{score|text}}       the column's value as text, even where it is a number or a list
struct Placeholder: Sendable, Hashable {
    enum Filter: String, Sendable {
        case json, text
    }

    enum Step: Sendable, Hashable {
        case member(String)
        case element(Int)
    }

    /// Everything between the braces, trimmed: looked up as a column name before anything else.
    let content: String
    /// The column's name without quotes and filter.
    let name: String
    let filter: Filter?
    /// From the row to the value, when the name reads as a path of two steps or more.
    let path: [Step]

    init(_ written: some StringProtocol) throws(TemplateFault) {
        content = Self.trimmed(written)
        guard !content.isEmpty else {
            throw TemplateFault(reason: "'{{}}' names no column; for braces that are text write {{{{")
        }
        var name = content
        var filter: Filter?
        if let bar = content.lastIndex(of: "|"), let known = Filter(rawValue: Self.trimmed(content[bar...].dropFirst()))
        {
            name = Self.trimmed(content[..<bar])
            filter = known
        }
        var path: [Step] = []
        if let unquoted = Self.unquoted(name) {
            name = unquoted
        } else {
            path = Self.path(name) ?? []
        }
        guard !name.isEmpty else { throw TemplateFault(reason: "a placeholder names no column") }
        self.name = name
        self.filter = filter
        self.path = path
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        func isSpace(_ character: Character) -> Bool { character == " " || character == "\t" }
        var rest = Substring(text).drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest = rest.dropLast() }
        return String(rest)
    }

    private static func unquoted(_ text: String) -> String? {
        guard text.utf8.count >= 2, let first = text.utf8.first, first == text.utf8.last,
            first == UInt8(ascii: "\"") || first == UInt8(ascii: "'")
        else { return nil }
        return String(text.dropFirst().dropLast())
    }

    /// `a.b[0]["c"]` as steps; nil when the text is no path or has a single step.
    private static func path(_ text: String) -> [Step]? {
        var steps: [Step] = []
        var rest = text[...]
        while !rest.isEmpty {
            if rest.first == "[" {
                guard !steps.isEmpty, let end = rest.firstIndex(of: "]") else { return nil }
                let inside = String(rest[rest.index(after: rest.startIndex)..<end])
                if let key = unquoted(inside) {
                    steps.append(.member(key))
                } else {
                    guard let index = Int(inside), index >= 0 else { return nil }
                    steps.append(.element(index))
                }
                rest = rest[rest.index(after: end)...]
            } else {
                if !steps.isEmpty {
                    guard rest.first == "." else { return nil }
                    rest = rest.dropFirst()
                }
                let name = rest.prefix { $0 != "." && $0 != "[" }
                guard !name.isEmpty else { return nil }
                steps.append(.member(String(name)))
                rest = rest[name.endIndex...]
            }
        }
        return steps.count > 1 ? steps : nil
    }
}

/// Why a template cannot be used.
package struct TemplateFault: Error, Equatable, Sendable, CustomStringConvertible {
    package let reason: String
    package var description: String { reason }
}

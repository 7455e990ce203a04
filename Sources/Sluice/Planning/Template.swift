import JSON

/// Bytes with holes that a row's values fill; compiled once, rendered for every row.
package struct Template: Sendable, Equatable {
    /// In what form a value is put into its hole.
    enum Insertion: Sendable {
        /// Inside a longer JSON string: escaped text. Objects and lists as their JSON text, null as nothing.
        case text
        /// In place of a whole JSON string: a JSON row's value as it is, a CSV field as a string.
        case value
        /// In place of a whole JSON string: the text of a field, or of a JSON row's string, as JSON of its own.
        case json
        /// Outside JSON: unescaped text.
        case plain
    }

    enum Piece: Sendable, Equatable {
        case literal([UInt8])
        case hole(Placeholder, Insertion)
        /// A content part that takes in a local file when the request leaves.
        case file(FilePart)
    }

    /// Never two literals in a row.
    private(set) var pieces: [Piece] = []

    init() {}

    /// A template for text outside JSON.
    ///
    /// - Parameter place: what the text is for, as messages name it.
    package init(plain text: String, as place: String = "an id") throws(TemplateFault) {
        for part in try TemplateText.parts(of: text) {
            switch part {
            case .text(let text):
                append(Array(text.utf8))
            case .placeholder(let placeholder):
                guard placeholder.filter != .json else {
                    throw TemplateFault(reason: "'|json' has no place in \(place)")
                }
                pieces.append(.hole(placeholder, .plain))
            }
        }
    }

    /// A JSON string whose text may have placeholders; a text that is one placeholder and nothing else becomes a
    /// hole for a whole value.
    package init(string text: String) throws(TemplateFault) {
        try append(string: text)
    }

    /// JSON text without holes. It is checked to be JSON, and braces in it mean nothing.
    package init(json text: String) throws(TemplateFault) {
        let bytes = Array(text.utf8)
        do {
            append(try JSONParser().parse(bytes).rawBytes)
        } catch {
            throw TemplateFault(reason: "is not JSON: \(error.reason) at byte \(error.offset + 1)")
        }
    }

    var hasHoles: Bool {
        pieces.contains { piece in
            switch piece {
            case .literal: false
            case .hole: true
            case .file(let part): part.hasHoles
            }
        }
    }

    var hasFiles: Bool {
        pieces.contains { if case .file = $0 { true } else { false } }
    }

    mutating func append(_ bytes: some Sequence<UInt8>) {
        if case .literal(var literal) = pieces.last {
            pieces.removeLast()
            literal += bytes
            pieces.append(.literal(literal))
        } else {
            pieces.append(.literal(Array(bytes)))
        }
    }

    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { append($0) }
    }

    mutating func append(_ template: Template) {
        for piece in template.pieces {
            switch piece {
            case .literal(let bytes): append(bytes)
            case .hole, .file: pieces.append(piece)
            }
        }
    }

    mutating func append(_ part: FilePart) { pieces.append(.file(part)) }

    mutating func append(string text: String) throws(TemplateFault) {
        let parts = try TemplateText.parts(of: text)
        if parts.count == 1, case .placeholder(let placeholder) = parts[0] {
            switch placeholder.filter {
            case nil: pieces.append(.hole(placeholder, .value))
            case .json: pieces.append(.hole(placeholder, .json))
            case .text:
                append("\"")
                pieces.append(.hole(placeholder, .text))
                append("\"")
            }
            return
        }
        append("\"")
        for part in parts {
            switch part {
            case .text(let text):
                var escaped: [UInt8] = []
                JSONText.appendEscaped(text, to: &escaped)
                append(escaped)
            case .placeholder(let placeholder):
                guard placeholder.filter != .json else {
                    throw TemplateFault(
                        reason: "'|json' can only be used where the placeholder is the whole string; "
                            + "inside other text leave it out")
                }
                pieces.append(.hole(placeholder, .text))
            }
        }
        append("\"")
    }
}

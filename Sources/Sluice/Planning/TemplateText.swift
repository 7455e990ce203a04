/// Splits a template's text into plain text and placeholders.
///
/// `{{name}}` is a placeholder; `{{{{` is two braces of text. `}}` outside a placeholder is text, and so is the
/// first of three braces: `{{{x}}}` is the value of x in braces.
enum TemplateText {
    enum Part: Equatable {
        case text(String)
        case placeholder(Placeholder)
    }

    private static let brace = UInt8(ascii: "{")

    static func parts(of text: String) throws(TemplateFault) -> [Part] {
        let bytes = Array(text.utf8)
        var parts: [Part] = []
        var literal: [UInt8] = []
        func flush() {
            guard !literal.isEmpty else { return }
            parts.append(.text(String(decoding: literal, as: UTF8.self)))
            literal = []
        }
        var index = 0
        while index < bytes.count {
            let braces = bytes[index...].prefix(4).prefix { $0 == brace }.count
            switch braces {
            case 0, 1, 3:
                literal.append(bytes[index])
                index += 1
            case 4:
                literal += [brace, brace]
                index += 4
            default:
                let start = index + 2
                guard let end = end(of: bytes[start...]) else {
                    throw TemplateFault(
                        reason: "'{{' has no '}}' on its line; for braces that are text write {{{{")
                }
                flush()
                parts.append(.placeholder(try Placeholder(String(decoding: bytes[start..<end], as: UTF8.self))))
                index = end + 2
            }
        }
        flush()
        return parts
    }

    /// The offset of the `}}` that closes a placeholder; braces inside a quoted name do not.
    private static func end(of bytes: ArraySlice<UInt8>) -> Int? {
        let afterSpace = bytes.drop { $0 == UInt8(ascii: " ") }
        if let quote = afterSpace.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"),
            let closing = afterSpace.dropFirst().firstIndex(of: quote),
            !afterSpace[..<closing].contains(UInt8(ascii: "\n"))
        {
            return firstClosing(bytes[(closing + 1)...])
        }
        return firstClosing(bytes)
    }

    private static func firstClosing(_ bytes: ArraySlice<UInt8>) -> Int? {
        var index = bytes.startIndex
        while index + 1 < bytes.endIndex, bytes[index] != UInt8(ascii: "\n") {
            if bytes[index] == UInt8(ascii: "}"), bytes[index + 1] == UInt8(ascii: "}") { return index }
            index += 1
        }
        return nil
    }
}

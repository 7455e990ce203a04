import JSON

extension JSONValue {
    /// Whether Python would call the value true: the rule by which OpenAI's own client takes an `error` seriously.
    var isTruthy: Bool {
        switch kind {
        case .null: false
        case .bool: bool == true
        case .number: double != 0
        case .string: range.count > 2
        case .array, .object: count > 0
        }
    }

    /// A string, or a number as it is written, fit to be stored; nil for other kinds and for the empty string.
    var shortText: String? { shortText(redacting: []) }

    /// The same with every one of `secrets` cut out.
    func shortText(redacting secrets: [[UInt8]]) -> String? {
        switch kind {
        case .string:
            guard range.count <= 4096 else { return nil }
            return withText { SafeText.make($0, limit: 200, redacting: secrets) } ?? nil
        case .number:
            return withRawBytes { SafeText.make($0, limit: 200) }
        case .object, .array, .bool, .null:
            return nil
        }
    }

    /// Whether this is a string with more in it than white space.
    var isVisibleString: Bool {
        guard kind == .string else { return false }
        return withRawBytes { bytes in
            var position = 1
            while position < bytes.count - 1 {
                let byte = bytes[position]
                if byte == UInt8(ascii: "\\"), position + 1 < bytes.count {
                    guard [UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t")].contains(bytes[position + 1])
                    else { return true }
                    position += 2
                } else {
                    guard byte.isWhiteSpace else { return true }
                    position += 1
                }
            }
            return false
        }
    }

    var isFilledString: Bool { kind == .string && range.count > 2 }

    /// Appends a string's contents as they are written, escapes and all, without the quotes.
    ///
    /// Contents put together this way make a valid string, even where one character's two escapes lie in two pieces.
    func appendWrittenContents(to target: inout [UInt8]) {
        withRawBytes { target.append(contentsOf: $0.dropFirst().dropLast()) }
    }
}

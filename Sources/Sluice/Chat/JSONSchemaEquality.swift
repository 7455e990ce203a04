import JSON

/// Equality as JSON Schema has it: by value, whatever the spelling of numbers and strings and the order of members.
enum JSONSchemaEquality {
    /// Appends bytes that are the same for equal values alone. A repeated member counts with its last value.
    static func append(_ value: JSONValue, to target: inout [UInt8]) {
        switch value.kind {
        case .null: target.append(UInt8(ascii: "z"))
        case .bool: target.append(value.bool == true ? UInt8(ascii: "t") : UInt8(ascii: "f"))
        case .number:
            target.append(UInt8(ascii: "n"))
            JSONSchemaNumber(value)?.appendCanonical(to: &target)
            target.append(UInt8(ascii: ";"))
        case .string:
            var text: [UInt8] = []
            _ = value.appendString(to: &text)
            append(text, to: &target)
        case .array:
            target.append(UInt8(ascii: "["))
            for element in value.elements { append(element, to: &target) }
            target.append(UInt8(ascii: "]"))
        case .object:
            target.append(UInt8(ascii: "{"))
            for (key, value) in sorted(value) {
                append(key, to: &target)
                append(value, to: &target)
            }
            target.append(UInt8(ascii: "}"))
        }
    }

    /// With its length before it, so that no text can look like the end of another.
    private static func append(_ text: [UInt8], to target: inout [UInt8]) {
        target.append(UInt8(ascii: "s"))
        JSONText.append(text.count, to: &target)
        target.append(UInt8(ascii: ":"))
        target += text
    }

    private static func sorted(_ object: JSONValue) -> [(key: [UInt8], value: JSONValue)] {
        var members: [[UInt8]: JSONValue] = [:]
        for (key, value) in object.members {
            var name: [UInt8] = []
            _ = key.appendString(to: &name)
            members[name] = value
        }
        return members.map { ($0.key, $0.value) }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }
}

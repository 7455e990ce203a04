import JSON

/// The words that `type` may have.
struct JSONSchemaTypes: OptionSet {
    let rawValue: UInt8

    static let object = JSONSchemaTypes(rawValue: 1)
    static let array = JSONSchemaTypes(rawValue: 2)
    static let string = JSONSchemaTypes(rawValue: 4)
    static let number = JSONSchemaTypes(rawValue: 8)
    static let integer = JSONSchemaTypes(rawValue: 16)
    static let boolean = JSONSchemaTypes(rawValue: 32)
    static let null = JSONSchemaTypes(rawValue: 64)

    static let names: [(name: String, type: JSONSchemaTypes, words: String)] = [
        ("object", .object, "an object"), ("array", .array, "an array"), ("string", .string, "a string"),
        ("number", .number, "a number"), ("integer", .integer, "a whole number"),
        ("boolean", .boolean, "true or false"), ("null", .null, "null"),
    ]

    /// "a string or null"
    var words: String {
        Self.names.filter { contains($0.type) }.map(\.words).joined(separator: " or ")
    }

    func allows(_ value: JSONValue) -> Bool {
        switch value.kind {
        case .object: contains(.object)
        case .array: contains(.array)
        case .string: contains(.string)
        case .bool: contains(.boolean)
        case .null: contains(.null)
        case .number:
            contains(.number)
                || contains(.integer) && (value.integer != nil || JSONSchemaNumber(value)?.isInteger == true)
        }
    }
}

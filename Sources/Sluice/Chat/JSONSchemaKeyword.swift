/// The keywords that are known; all others are refused.
enum JSONSchemaKeyword: String, CaseIterable {
    case type, `enum`, const
    case reference = "$ref"
    case definitions = "$defs"
    case oldDefinitions = "definitions"
    case allOf, anyOf, oneOf, not
    case properties, patternProperties, additionalProperties, required, minProperties, maxProperties
    case items, prefixItems, minItems, maxItems, uniqueItems
    case pattern, format, minLength, maxLength
    case minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf

    // These ask nothing of a value.
    case title, description, `default`, examples, deprecated, readOnly, writeOnly
    case schema = "$schema"
    case id = "$id"
    case comment = "$comment"
}

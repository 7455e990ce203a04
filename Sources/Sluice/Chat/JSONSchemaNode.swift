import JSON
import RE2

/// One schema: what it asks of a value. Other schemas are named by their position among all.
final class JSONSchemaNode {
    /// The schema `false`, which nothing satisfies.
    var isNever = false
    var types: JSONSchemaTypes?
    /// By `enum` and `const`.
    var choices: [JSONSchemaChoice] = []
    var object: JSONSchemaObjectRules?
    var array: JSONSchemaArrayRules?
    var string: JSONSchemaStringRules?
    var number: JSONSchemaNumberRules?
    var reference: Int?
    var allOf: [Int] = []
    var anyOf: [Int]?
    var oneOf: [Int]?
    var not: Int?

    /// The schemas that are held against the same value as this one.
    var inPlace: [Int] {
        allOf + (anyOf ?? []) + (oneOf ?? []) + [reference, not].compactMap(\.self)
    }

    /// The schema that stands for this one, where a reference is all that this one is.
    var alias: Int? {
        guard let reference, types == nil, choices.isEmpty, object == nil, array == nil, string == nil, number == nil,
            allOf.isEmpty, anyOf == nil, oneOf == nil, not == nil
        else { return nil }
        return reference
    }
}

/// The values that `enum` or `const` allows.
struct JSONSchemaChoice {
    let keyword: String
    /// As `JSONSchemaEquality` writes them.
    let values: Set<[UInt8]>
    /// Of the values: another kind need not be compared.
    let kinds: Set<JSONValue.Kind>
    /// As the schema writes them, where that is short.
    let words: String?
}

final class JSONSchemaObjectRules {
    /// A member that `properties` or `required` names.
    struct Member {
        let name: String
        let key: [UInt8]
        /// Nil where only `required` names it.
        var schema: Int?
        var isRequired = false
    }

    private(set) var members: [Member] = []
    private(set) var slots: [[UInt8]: Int] = [:]
    var patterns: [(expression: RegularExpression, schema: Int)] = []
    /// Held against members that neither `properties` nor `patternProperties` covers.
    var others: Int?
    var smallest = 0
    var largest = Int.max

    func change(_ name: String, _ change: (inout Member) -> Void) {
        let key = Array(name.utf8)
        let slot = slots[key] ?? members.count
        if slot == members.count {
            members.append(Member(name: name, key: key))
            slots[key] = slot
        }
        change(&members[slot])
    }
}

final class JSONSchemaArrayRules {
    var first: [Int] = []
    /// Held against the elements after `first`.
    var rest: Int?
    var smallest = 0
    var largest = Int.max
    var isUnique = false
}

final class JSONSchemaStringRules {
    var pattern: RegularExpression?
    var format: JSONSchemaFormat?
    var shortest = 0
    var longest = Int.max
}

final class JSONSchemaNumberRules {
    struct Bound {
        let keyword: String
        let limit: JSONSchemaNumber
        /// As the schema writes it.
        let words: String
    }

    var bounds: [Bound] = []
    var divisor: (value: UInt64, exponent: Int)?
}

import JSON
import RE2

/// Reads a schema's JSON into nodes and refuses what it does not know.
///
/// Schemas are read from a list of those still to be read, so that nesting and references need no recursion.
struct JSONSchemaCompiler {
    static let maximumNodes = 20_000

    private(set) var nodes: [JSONSchemaNode] = []
    private var places: [[String]] = []
    /// Schemas by where they begin in the text: what is referred to twice is read once.
    private var known: [Int: Int] = [:]
    private var waiting: [(value: JSONValue, index: Int)] = []
    private let root: JSONValue
    private let rootPlace: [String]

    init(document: JSONValue) {
        (root, rootPlace) = Self.unwrapped(document)
    }

    /// `{"name", "schema", "strict"}` and `{"type": "json_schema", "json_schema": {…}}` are what requests have; the
    /// schema stands inside.
    private static func unwrapped(_ document: JSONValue) -> (JSONValue, [String]) {
        var value = document
        var place: [String] = []
        if let inner = value["json_schema"], value["type"]?.isString("json_schema") == true {
            value = inner
            place.append("json_schema")
        }
        let wrapping = ["name", "description", "schema", "strict"]
        let isWrapper = value.members.allSatisfy { member in wrapping.contains { member.key.isString($0) } }
        if isWrapper, let inner = value["schema"] {
            value = inner
            place.append("schema")
        }
        return (value, place)
    }

    /// The root's position among the nodes.
    mutating func compile() throws(ExpectationFault) -> Int {
        let index = try add(root, rootPlace)
        while let (value, index) = waiting.popLast() { try read(value, index) }
        try refuseCircles()
        return index
    }

    /// The position of a schema's node; it is read later.
    private mutating func add(_ value: JSONValue, _ place: [String]) throws(ExpectationFault) -> Int {
        if let index = known[value.range.lowerBound] { return index }
        guard nodes.count < Self.maximumNodes else { throw fault("has too many schemas in it", []) }
        let index = nodes.count
        nodes.append(JSONSchemaNode())
        places.append(place)
        known[value.range.lowerBound] = index
        waiting.append((value, index))
        return index
    }

    private mutating func read(_ value: JSONValue, _ index: Int) throws(ExpectationFault) {
        let node = nodes[index]
        let place = places[index]
        if let bool = value.bool {
            node.isNever = !bool
            return
        }
        guard value.kind == .object else { throw fault("must be a schema: an object, true or false", place) }
        var names: Set<String> = []
        for (key, value) in value.members {
            let name = key.string ?? ""
            guard names.insert(name).inserted else {
                throw fault("has the keyword '\(ColumnNames.printable(name))' twice", place + [name])
            }
            guard let keyword = JSONSchemaKeyword(rawValue: name) else { throw unknown(name, place + [name]) }
            try read(keyword, value, into: node, place + [name])
        }
    }

    private func unknown(_ name: String, _ place: [String]) -> ExpectationFault {
        var reason = "has the unknown keyword '\(ColumnNames.printable(name))'"
        if !place.dropLast().isEmpty { reason += " at \(Self.pointer(place.dropLast()))" }
        if let near = NearestName.nearest(to: name, among: JSONSchemaKeyword.allCases.lazy.map(\.rawValue)) {
            reason += "; did you mean '\(near)'?"
        } else if name == "nullable" {
            reason += "; write the type as a list with \"null\" in it"
        }
        return ExpectationFault(reason: reason, place: place)
    }

    private func fault(_ reason: String, _ place: [String]) -> ExpectationFault {
        ExpectationFault(
            reason: place.isEmpty ? reason : "\(Self.pointer(place[...])) \(reason)", place: place)
    }

    private static func pointer(_ place: ArraySlice<String>) -> String {
        place.map { "/" + ColumnNames.printable($0) }.joined()
    }

    // MARK: Keywords

    private mutating func read(
        _ keyword: JSONSchemaKeyword, _ value: JSONValue, into node: JSONSchemaNode, _ place: [String]
    ) throws(ExpectationFault) {
        switch keyword {
        case .type: node.types = try types(value, place)
        case .enum: node.choices.append(try choice(value, place))
        case .const: node.choices.append(try choice(keyword, [value], place))
        case .reference: node.reference = try reference(value, place)
        case .allOf: node.allOf = try schemas(value, place)
        case .anyOf: node.anyOf = try schemas(value, place)
        case .oneOf: node.oneOf = try schemas(value, place)
        case .not: node.not = try add(value, place)
        case .definitions, .oldDefinitions:
            for member in try members(value, place) { _ = try add(member.value, place + [member.name]) }
        case .properties, .patternProperties, .additionalProperties, .required, .minProperties, .maxProperties:
            let rules = node.object ?? JSONSchemaObjectRules()
            node.object = rules
            try read(keyword, value, into: rules, place)
        case .items, .prefixItems, .minItems, .maxItems, .uniqueItems:
            let rules = node.array ?? JSONSchemaArrayRules()
            node.array = rules
            try read(keyword, value, into: rules, place)
        case .pattern, .format, .minLength, .maxLength:
            let rules = node.string ?? JSONSchemaStringRules()
            node.string = rules
            try read(keyword, value, into: rules, place)
        case .minimum, .maximum, .exclusiveMinimum, .exclusiveMaximum, .multipleOf:
            let rules = node.number ?? JSONSchemaNumberRules()
            node.number = rules
            try read(keyword, value, into: rules, place)
        case .title, .description, .default, .examples, .schema, .id, .comment, .deprecated, .readOnly, .writeOnly:
            break
        }
    }

    private mutating func read(
        _ keyword: JSONSchemaKeyword, _ value: JSONValue, into rules: JSONSchemaObjectRules, _ place: [String]
    ) throws(ExpectationFault) {
        switch keyword {
        case .properties:
            for member in try members(value, place) {
                let schema = try add(member.value, place + [member.name])
                rules.change(member.name) { $0.schema = schema }
            }
        case .patternProperties:
            for member in try members(value, place) {
                let place = place + [member.name]
                rules.patterns.append((try expression(member.name, place), try add(member.value, place)))
            }
        case .additionalProperties: rules.others = try add(value, place)
        case .required:
            for name in try elements(value, place) {
                guard let name = name.string else { throw fault("must be a list of names", place) }
                rules.change(name) { $0.isRequired = true }
            }
        case .minProperties: rules.smallest = try count(value, place)
        default: rules.largest = try count(value, place)
        }
    }

    private mutating func read(
        _ keyword: JSONSchemaKeyword, _ value: JSONValue, into rules: JSONSchemaArrayRules, _ place: [String]
    ) throws(ExpectationFault) {
        switch keyword {
        case .items:
            guard value.kind != .array else {
                throw fault("must be one schema; a list of schemas is called prefixItems", place)
            }
            rules.rest = try add(value, place)
        case .prefixItems: rules.first = try schemas(value, place)
        case .minItems: rules.smallest = try count(value, place)
        case .maxItems: rules.largest = try count(value, place)
        default:
            guard let isUnique = value.bool else { throw fault("must be true or false", place) }
            rules.isUnique = isUnique
        }
    }

    private func read(
        _ keyword: JSONSchemaKeyword, _ value: JSONValue, into rules: JSONSchemaStringRules, _ place: [String]
    ) throws(ExpectationFault) {
        switch keyword {
        case .pattern:
            guard let pattern = value.string else { throw fault("must be text", place) }
            rules.pattern = try expression(pattern, place)
        case .format:
            guard let format = value.string.flatMap(JSONSchemaFormat.init(rawValue:)) else {
                let names = JSONSchemaFormat.allCases.map(\.rawValue).joined(separator: ", ")
                throw fault("must be one of the formats that can be checked: \(names)", place)
            }
            rules.format = format
        case .minLength: rules.shortest = try count(value, place)
        default: rules.longest = try count(value, place)
        }
    }

    private func read(
        _ keyword: JSONSchemaKeyword, _ value: JSONValue, into rules: JSONSchemaNumberRules, _ place: [String]
    ) throws(ExpectationFault) {
        guard let limit = JSONSchemaNumber(value) else { throw fault("must be a number", place) }
        if keyword == .multipleOf {
            guard let divisor = limit.divisor else {
                throw fault("must be above 0 and have at most 15 digits", place)
            }
            rules.divisor = divisor
        } else {
            rules.bounds.append(
                .init(
                    keyword: keyword.rawValue, limit: limit,
                    words: String(decoding: value.rawBytes.prefix(40), as: UTF8.self)))
        }
    }

    // MARK: Values of keywords

    private func types(_ value: JSONValue, _ place: [String]) throws(ExpectationFault) -> JSONSchemaTypes {
        let words = value.kind == .array ? Array(value.elements) : [value]
        var types: JSONSchemaTypes = []
        for word in words {
            guard let known = JSONSchemaTypes.names.first(where: { word.isString($0.name) }) else {
                let names = JSONSchemaTypes.names.map(\.name).joined(separator: ", ")
                throw fault("must be one or a list of \(names)", place)
            }
            types.insert(known.type)
        }
        guard !words.isEmpty else { throw fault("must name a type", place) }
        return types
    }

    private func choice(_ value: JSONValue, _ place: [String]) throws(ExpectationFault) -> JSONSchemaChoice {
        let values = try elements(value, place)
        guard !values.isEmpty else { throw fault("must have a value", place) }
        return try choice(.enum, values, place)
    }

    private func choice(
        _ keyword: JSONSchemaKeyword, _ values: [JSONValue], _ place: [String]
    ) throws(ExpectationFault) -> JSONSchemaChoice {
        var allowed: Set<[UInt8]> = []
        var words: [UInt8] = []
        for value in values {
            var canonical: [UInt8] = []
            JSONSchemaEquality.append(value, to: &canonical)
            allowed.insert(canonical)
            guard words.count <= JSONSchemaValidation.longestWords else { continue }
            if !words.isEmpty { words += ", ".utf8 }
            value.appendRaw(to: &words)
        }
        let isShort = words.count <= JSONSchemaValidation.longestWords
        return JSONSchemaChoice(
            keyword: keyword.rawValue, values: allowed, kinds: Set(values.map(\.kind)),
            words: isShort ? String(decoding: words, as: UTF8.self) : nil)
    }

    private mutating func schemas(_ value: JSONValue, _ place: [String]) throws(ExpectationFault) -> [Int] {
        var indices: [Int] = []
        for (position, schema) in try elements(value, place).enumerated() {
            indices.append(try add(schema, place + [String(position)]))
        }
        guard !indices.isEmpty else { throw fault("must have a schema", place) }
        return indices
    }

    private func elements(_ value: JSONValue, _ place: [String]) throws(ExpectationFault) -> [JSONValue] {
        guard value.kind == .array else { throw fault("must be a list", place) }
        return Array(value.elements)
    }

    /// Members by name, the last one where a name is repeated.
    private func members(
        _ value: JSONValue, _ place: [String]
    ) throws(ExpectationFault) -> [(name: String, value: JSONValue)] {
        guard value.kind == .object else { throw fault("must be an object", place) }
        var names: Set<[UInt8]> = []
        var members: [(name: String, value: JSONValue)] = []
        for (key, value) in value.members {
            let name = key.string ?? ""
            guard names.insert(Array(name.utf8)).inserted else {
                throw fault("has '\(ColumnNames.printable(name))' twice", place)
            }
            members.append((name, value))
        }
        return members
    }

    private func count(_ value: JSONValue, _ place: [String]) throws(ExpectationFault) -> Int {
        guard let count = JSONSchemaNumber(value)?.count else { throw fault("must be a whole number from 0 on", place) }
        return count
    }

    private func expression(_ pattern: String, _ place: [String]) throws(ExpectationFault) -> RegularExpression {
        do {
            return try RegularExpression(pattern)
        } catch {
            throw fault("cannot be used as a pattern: \(AnswerCheck.words(error))", place)
        }
    }

    // MARK: References

    private mutating func reference(_ value: JSONValue, _ place: [String]) throws(ExpectationFault) -> Int {
        guard let text = value.string, text.utf8.first == UInt8(ascii: "#"), let names = Self.names(text) else {
            throw fault("must begin with #/ and stay within the schema, such as \"#/$defs/item\"", place)
        }
        var target = root
        for name in names {
            let next = target.kind == .array ? Int(name).flatMap { target[$0] } : target[name]
            guard let next else { throw fault("points to nothing", place) }
            target = next
        }
        return try add(target, rootPlace + names)
    }

    /// A JSON pointer's names: of `#/$defs/a~1b`, `$defs` and `a/b`.
    private static func names(_ reference: String) -> [String]? {
        var bytes: [UInt8] = []
        var rest = Array(reference.utf8.dropFirst())[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let decoded = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count >= 2
            else { return nil }
            bytes.append(decoded)
            rest = rest.dropFirst(2)
        }
        guard !bytes.isEmpty else { return [] }
        guard bytes[0] == UInt8(ascii: "/"), JSONText.isValidUTF8(bytes) else { return nil }
        return bytes.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { name in
            var text: [UInt8] = []
            var isEscape = false
            for byte in name {
                if isEscape { text[text.count - 1] = byte == UInt8(ascii: "1") ? UInt8(ascii: "/") : UInt8(ascii: "~") }
                if !isEscape || byte != UInt8(ascii: "0") && byte != UInt8(ascii: "1") { text.append(byte) }
                isEscape = !isEscape && byte == UInt8(ascii: "~")
            }
            return String(decoding: text, as: UTF8.self)
        }
    }

    /// A schema that comes back to itself without a step into the value would be checked for ever.
    private func refuseCircles() throws(ExpectationFault) {
        enum State { case open, closed }
        var states: [Int: State] = [:]
        for start in nodes.indices where states[start] == nil {
            var stack: [(index: Int, rest: ArraySlice<Int>)] = [(start, nodes[start].inPlace[...])]
            states[start] = .open
            while let top = stack.indices.last {
                guard let next = stack[top].rest.popFirst() else {
                    states[stack.removeLast().index] = .closed
                    continue
                }
                switch states[next] {
                case .closed: break
                case .open: throw fault("refers to itself without a step into the value", places[next])
                case nil:
                    states[next] = .open
                    stack.append((next, nodes[next].inPlace[...]))
                }
            }
        }
    }
}

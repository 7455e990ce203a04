import JSON

/// One document held against a schema: the state of that.
///
/// Work is counted in steps and bounded in proportion to the document, so that a schema whose alternatives multiply
/// ends in a fault and not in hours. Recursion is bounded by the parser's depth and by a depth of its own.
struct JSONSchemaValidation {
    static let maximumDepth = 512
    /// What a schema says is repeated in a fault when it has at most so many bytes.
    static let longestWords = 100

    /// A step on the way from the document's root to a value.
    private enum Step {
        case member(String)
        /// A member whose name only the answer has.
        case unnamed
        case element(Int)
    }

    private let nodes: [JSONSchemaNode]
    private var stepsLeft: Int
    private var patternStepsLeft = AnswerCheck.mostPatternSteps
    private var depth = 0
    /// How many alternatives are being tried: their faults are nobody's.
    private var trials = 0
    private var path: [Step] = []
    /// The members of the objects that are being walked, by their slots.
    private var found: [JSONValue?] = []
    private var text: [UInt8] = []
    /// Set when the work became too much: nothing counts as fulfilled then, not even under `not`.
    private var isSpent = false
    private(set) var fault: String?

    init(schema: JSONSchema, length: Int) {
        nodes = schema.nodes
        stepsLeft = 400_000 + 8 * length
    }

    /// Whether a value satisfies a schema; where it does not, `fault` says why, unless an alternative was tried.
    mutating func holds(_ value: JSONValue, _ index: Int) -> Bool {
        var node = nodes[index]
        while let alias = node.alias { node = nodes[alias] }
        guard spend(1) else { return false }
        guard !node.isNever else { return fail("must not be there (false)") }
        guard depth < Self.maximumDepth else { return giveUp("is nested too deeply to be checked") }
        depth += 1
        defer { depth -= 1 }
        if let types = node.types, !types.allows(value) { return fail("must be \(types.words) (type)") }
        for choice in node.choices where !holds(value, choice) { return false }
        switch value.kind {
        case .object: if let rules = node.object, !holds(value, rules) { return false }
        case .array: if let rules = node.array, !holds(value, rules) { return false }
        case .string: if let rules = node.string, !holds(value, rules) { return false }
        case .number: if let rules = node.number, !holds(value, rules) { return false }
        case .bool, .null: break
        }
        return holdsInPlace(value, node)
    }

    private mutating func holdsInPlace(_ value: JSONValue, _ node: JSONSchemaNode) -> Bool {
        if let reference = node.reference, !holds(value, reference) { return false }
        for schema in node.allOf where !holds(value, schema) { return false }
        if let alternatives = node.anyOf, !alternatives.contains(where: { isTrue(value, $0) }) {
            return fail("fits none of the alternatives (anyOf)")
        }
        if let alternatives = node.oneOf {
            var fitting = 0
            for schema in alternatives where fitting < 2 && isTrue(value, schema) { fitting += 1 }
            if fitting == 0 { return fail("fits none of the alternatives (oneOf)") }
            if fitting > 1 { return fail("fits more than one of the alternatives (oneOf)") }
        }
        if let schema = node.not, isTrue(value, schema) { return fail("is of a kind that is ruled out (not)") }
        return !isSpent
    }

    private mutating func isTrue(_ value: JSONValue, _ schema: Int) -> Bool {
        trials += 1
        defer { trials -= 1 }
        let length = path.count
        let isTrue = holds(value, schema)
        path.removeLast(path.count - length)
        return isTrue
    }

    // MARK: By kind

    private mutating func holds(_ value: JSONValue, _ choice: JSONSchemaChoice) -> Bool {
        if choice.kinds.contains(value.kind) {
            guard spend(value.range.count) else { return false }
            text.removeAll(keepingCapacity: true)
            JSONSchemaEquality.append(value, to: &text)
            if choice.values.contains(text) { return true }
        }
        guard choice.values.count > 1 else {
            return fail("must be \(choice.words ?? "the schema's value") (\(choice.keyword))")
        }
        return fail("must be one of \(choice.words ?? "the schema's values") (\(choice.keyword))")
    }

    private mutating func holds(_ value: JSONValue, _ rules: JSONSchemaObjectRules) -> Bool {
        guard spend(value.count) else { return false }
        let base = found.count
        found.append(contentsOf: repeatElement(nil, count: rules.members.count))
        defer { found.removeLast(found.count - base) }
        var distinct = 0
        var names: Set<[UInt8]> = []
        let countsNames = rules.smallest > 0 || rules.largest < .max
        var expected = 0
        for (key, member) in value.members {
            if countsNames {
                text.removeAll(keepingCapacity: true)
                _ = key.appendString(to: &text)
                if names.insert(text).inserted { distinct += 1 }
            }
            let slot = slot(of: key, in: rules, expected)
            if let slot {
                found[base + slot] = member
                expected = slot + 1
            }
            let named = slot.map { rules.members[$0] }
            guard rules.others != nil || !rules.patterns.isEmpty else { continue }
            guard holds(key, member, rules, named) else { return false }
        }
        if distinct < rules.smallest { return fail("must have at least \(rules.smallest) members (minProperties)") }
        if distinct > rules.largest { return fail("must have at most \(rules.largest) members (maxProperties)") }
        for (slot, member) in rules.members.enumerated() {
            guard let value = found[base + slot] else {
                guard member.isRequired else { continue }
                return fail("must have the member '\(Self.short(member.name))' (required)")
            }
            guard let schema = member.schema else { continue }
            guard holds(value, schema, at: .member(member.name)) else { return false }
        }
        return true
    }

    /// Holds a member against `patternProperties` and `additionalProperties`.
    private mutating func holds(
        _ key: JSONValue, _ value: JSONValue, _ rules: JSONSchemaObjectRules, _ named: JSONSchemaObjectRules.Member?
    ) -> Bool {
        var isCovered = named?.schema != nil
        let step: Step = named.map { .member($0.name) } ?? .unnamed
        if !rules.patterns.isEmpty {
            var name: [UInt8] = []
            _ = key.appendString(to: &name)
            for (expression, schema) in rules.patterns {
                guard spend(name.count / 8), spendOnPattern(expression.steps(name.count)) else { return false }
                guard expression.isFound(in: name) else { continue }
                isCovered = true
                guard holds(value, schema, at: step) else { return false }
            }
        }
        guard !isCovered, let others = rules.others else { return true }
        if nodes[others].isNever {
            return fail("has a member that the schema does not name (additionalProperties)")
        }
        return holds(value, others, at: step)
    }

    /// Which of the schema's members a key names. Models mostly write them in the schema's order: the one after the
    /// last is tried first.
    private func slot(of key: JSONValue, in rules: JSONSchemaObjectRules, _ expected: Int) -> Int? {
        let members = rules.members
        if expected < members.count, key.isString(members[expected].name) { return expected }
        if members.count <= 16 { return members.firstIndex { key.isString($0.name) } }
        var name: [UInt8] = []
        _ = key.appendString(to: &name)
        return rules.slots[name]
    }

    private mutating func holds(_ value: JSONValue, _ rules: JSONSchemaArrayRules) -> Bool {
        if value.count < rules.smallest { return fail("must have at least \(rules.smallest) elements (minItems)") }
        if value.count > rules.largest { return fail("must have at most \(rules.largest) elements (maxItems)") }
        if !rules.first.isEmpty || rules.rest != nil {
            for (position, element) in value.elements.enumerated() {
                guard let schema = position < rules.first.count ? rules.first[position] : rules.rest else { break }
                guard holds(element, schema, at: .element(position)) else { return false }
            }
        }
        return !rules.isUnique || isUnique(value)
    }

    private mutating func isUnique(_ value: JSONValue) -> Bool {
        guard spend(value.count + value.range.count) else { return false }
        var seen: Set<[UInt8]> = []
        for (position, element) in value.elements.enumerated() {
            text.removeAll(keepingCapacity: true)
            JSONSchemaEquality.append(element, to: &text)
            guard seen.insert(text).inserted else {
                return fail("has its element \(position) twice (uniqueItems)")
            }
        }
        return true
    }

    private mutating func holds(_ value: JSONValue, _ rules: JSONSchemaStringRules) -> Bool {
        guard spend(value.range.count / 8) else { return false }
        text.removeAll(keepingCapacity: true)
        _ = value.appendString(to: &text)
        if rules.shortest > 0 || rules.longest < .max {
            let length = text.count { $0 & 0xC0 != 0x80 }
            if length < rules.shortest { return fail("must have at least \(rules.shortest) characters (minLength)") }
            if length > rules.longest { return fail("must have at most \(rules.longest) characters (maxLength)") }
        }
        if let format = rules.format, !format.matches(text) { return fail("must be of format \(format.rawValue)") }
        guard let pattern = rules.pattern else { return true }
        guard spendOnPattern(pattern.steps(text.count)) else { return false }
        return pattern.isFound(in: text) || fail("must match the pattern (pattern)")
    }

    private mutating func holds(_ value: JSONValue, _ rules: JSONSchemaNumberRules) -> Bool {
        guard spend(value.range.count / 8), let number = JSONSchemaNumber(value) else { return false }
        for bound in rules.bounds {
            switch bound.keyword {
            case "minimum" where number < bound.limit: return fail("must be at least \(bound.words) (minimum)")
            case "maximum" where bound.limit < number: return fail("must be at most \(bound.words) (maximum)")
            case "exclusiveMinimum" where !(bound.limit < number):
                return fail("must be above \(bound.words) (exclusiveMinimum)")
            case "exclusiveMaximum" where !(number < bound.limit):
                return fail("must be below \(bound.words) (exclusiveMaximum)")
            default: continue
            }
        }
        if let divisor = rules.divisor, !number.isMultiple(of: divisor) {
            return fail("is not a multiple of what the schema asks for (multipleOf)")
        }
        return true
    }

    // MARK: Steps and faults

    private mutating func holds(_ value: JSONValue, _ schema: Int, at step: Step) -> Bool {
        path.append(step)
        guard holds(value, schema) else { return false }
        path.removeLast()
        return true
    }

    private mutating func spend(_ steps: Int) -> Bool {
        guard !isSpent, steps <= stepsLeft else { return giveUp(Self.tooMuchWork) }
        stepsLeft -= steps
        return true
    }

    private mutating func spendOnPattern(_ steps: Int) -> Bool {
        guard !isSpent, steps <= patternStepsLeft else { return giveUp(Self.tooMuchWork) }
        patternStepsLeft -= steps
        return true
    }

    private static let tooMuchWork = "takes too much work to be checked against this schema"

    private mutating func giveUp(_ words: String) -> Bool {
        if !isSpent { fault = "the document \(words)" }
        isSpent = true
        return false
    }

    private mutating func fail(_ words: @autoclosure () -> String) -> Bool {
        guard trials == 0, !isSpent else { return false }
        fault = "\(place) \(words())"
        return false
    }

    /// A JSON pointer to the value, whose names are the schema's; `*` is a member that the schema does not name.
    private var place: String {
        guard !path.isEmpty else { return "the document" }
        var names = path.map { step in
            switch step {
            case .member(let name):
                "/" + Self.escaped(Self.short(name))
            case .unnamed: "/*"
            case .element(let position): "/\(position)"
            }
        }
        // The end says more than the beginning.
        var isCut = false
        while names.count > 1, names.reduce(0, { $0 + $1.utf8.count }) > Self.longestWords {
            names.removeFirst()
            isCut = true
        }
        return (isCut ? "…" : "") + names.joined()
    }
    /// A name cut to a length that leaves room for what is said of it.
    static func short(_ name: String) -> String {
        SafeText.make(Array(name.utf8)[...], limit: 60) ?? ""
    }

    private static func escaped(_ name: String) -> String {
        name.unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}

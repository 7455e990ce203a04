import JSON
import RE2

/// Holds answers' texts against an expectation. Belongs to one thread or actor at a time; one serves a whole run.
package final class AnswerCheck {
    /// A fault has at most so many bytes.
    package static let longestFault = 300

    /// What patterns may cost at worst for one answer: about two seconds.
    static let mostPatternSteps = 2_000_000_000

    private enum Rule {
        case json
        case schema(JSONSchema)
        case regex(RegularExpression)
        case fields([String])
    }

    private let rules: [Rule]
    private let readsJSON: Bool
    private let parser = JSONParser()

    package init(_ expectation: Expectation) throws(ExpectationFault) {
        var rules: [Rule] = []
        for (position, kind) in expectation.kinds.enumerated() {
            do {
                rules.append(try Self.rule(kind))
            } catch {
                throw ExpectationFault(reason: error.reason, kind: position, place: error.place)
            }
        }
        guard !rules.isEmpty else { throw ExpectationFault(reason: "nothing is expected") }
        self.rules = rules
        readsJSON = expectation.kinds.contains { if case .regex = $0 { false } else { true } }
    }

    private static func rule(_ kind: Expectation.Kind) throws(ExpectationFault) -> Rule {
        switch kind {
        case .json: return .json
        case .schema(let text):
            guard text.utf8.count <= Expectation.maximumSchema.bytes else {
                throw ExpectationFault(reason: "is larger than a schema may be (\(Expectation.maximumSchema))")
            }
            return .schema(try JSONSchema(text: Array(text.utf8)))
        case .regex(let pattern):
            do {
                return .regex(try RegularExpression(pattern))
            } catch {
                throw ExpectationFault(reason: "cannot be used as a pattern: \(words(error))")
            }
        case .fields(let names):
            guard !names.isEmpty else { throw ExpectationFault(reason: "must name a member") }
            return .fields(names)
        }
    }

    /// A pattern's fault, with what RE2's syntax lacks where that is the likely reason.
    static func words(_ error: RegularExpressionError) -> String {
        switch error.reason {
        case "invalid perl operator", "invalid escape sequence":
            "\(error) (RE2 has no look-around, no back-references and no \\u; it writes \\x{00E9} and (?P<name>…))"
        default: "\(error)"
        }
    }

    /// Nil when the text is as expected; else one sentence, without any of the text, that says what is wrong.
    package func fault(in text: [UInt8]) -> String? {
        guard JSONText.isValidUTF8(text) else { return "the text is not UTF-8" }
        var document: JSONValue?
        if readsJSON {
            do {
                document = try parser.parse(text)
            } catch {
                return Self.words(error, text[...].trimmed)
            }
        }
        for rule in rules {
            guard let fault = fault(of: rule, text, document) else { continue }
            return SafeText.make(Array(fault.utf8)[...], limit: Self.longestFault) ?? fault
        }
        return nil
    }

    private func fault(of rule: Rule, _ text: [UInt8], _ document: JSONValue?) -> String? {
        if case .regex(let expression) = rule {
            guard expression.steps(text.count) <= Self.mostPatternSteps else {
                return "the text takes too much work to be searched for the pattern"
            }
            return expression.isFound(in: text) ? nil : "the text does not match the pattern"
        }
        guard let document else { return nil }
        switch rule {
        case .json, .regex: return nil
        case .schema(let schema): return schema.fault(in: document, length: text.count)
        case .fields(let names):
            guard document.kind == .object else { return "the document must be an object" }
            for name in names {
                guard let value = document[name] else {
                    return "the document must have the member '\(JSONSchemaValidation.short(name))'"
                }
                if value.isNull { return "the member '\(JSONSchemaValidation.short(name))' must not be null" }
            }
            return nil
        }
    }

    private static func words(_ error: JSONError, _ text: ArraySlice<UInt8>) -> String {
        if text.isEmpty { return "the text is empty" }
        if text.starts(with: "```".utf8) { return "the text is in a code fence" }
        return "the text is not JSON: \(error.reason) at byte \(error.offset + 1)"
    }
}

import Yams

/// Turns YAML text into nodes and collects what is wrong with them, with places.
///
/// Aliases share nodes in memory; it is walking them that could take forever. So every node that is walked is
/// counted, and past a bound, as past a bound of depth, the file is refused.
final class YAMLReader {
    static let maximumNodes = 200_000
    static let maximumDepth = 100
    private static let maximumProblems = 50

    let path: String
    private(set) var problems: [JobFileError.Problem] = []
    private var nodes = 0

    init(path: String) {
        self.path = path
    }

    /// Everything reported so far, in the order of the file.
    var error: JobFileError {
        let sorted = problems.enumerated().sorted { left, right in
            let (first, second) = (left.element, right.element)
            return (first.line ?? 0, first.column ?? 0, left.offset) < (
                second.line ?? 0, second.column ?? 0, right.offset
            )
        }
        return JobFileError(problems: sorted.map(\.element))
    }

    func report(_ mark: Mark?, _ reason: String) {
        guard problems.count < Self.maximumProblems else { return }
        problems.append(.init(path: path, line: mark?.line, column: mark?.column, reason: reason))
    }

    /// Counts a node about to be walked; false, and reported once, when there are too many or they are too deep.
    func enter(_ node: Node, depth: Int) -> Bool {
        nodes += 1
        if nodes == Self.maximumNodes + 1 { report(node.mark, "the file has too many values, aliases counted") }
        if depth == Self.maximumDepth + 1 { report(node.mark, "this is nested too deeply") }
        return nodes <= Self.maximumNodes && depth <= Self.maximumDepth
    }

    /// The only document's root; throws when the text is not YAML.
    func compose(_ text: String) throws(JobFileError) -> Node? {
        do {
            // `basic` resolves no tags: `YAMLScalar` does that by the newer schema, and faster.
            return try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
        } catch let error as YamlError {
            throw JobFileError(problems: [problem(error)])
        } catch {
            throw JobFileError(path: path, reason: "cannot be parsed as YAML")
        }
    }

    private func problem(_ error: YamlError) -> JobFileError.Problem {
        var mark: Mark?
        var reason = "is not valid YAML"
        switch error {
        case .scanner(let context, let problem, let place, let text),
            .parser(let context, let problem, let place, let text):
            mark = place
            reason = "not valid YAML: \(problem)"
            if let context { reason += " (\(context.text))" }
            if problem.hasPrefix("block sequence entries") { reason += "; a lone - needs quotes around it" }
            if Self.line(place.line, of: text).contains(": {{") { reason += "; \(YAMLSection.quotePlaceholder)" }
        case .composer(_, let problem, let place, _):
            mark = place
            reason = "not valid YAML: \(problem)"
        case .reader(let problem, _, _, _):
            reason = "not valid YAML: \(problem)"
        case .duplicatedKeysInMapping(let keys, let context):
            mark = context.mark
            reason = "key '\(ColumnNames.printable(keys.first ?? ""))' is given twice"
        default:
            break
        }
        return .init(path: path, line: mark?.line, column: mark?.column, reason: reason)
    }

    private static func line(_ number: Int, of text: String) -> String {
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), maxSplits: number, omittingEmptySubsequences: false)
        return number > 0 && number <= lines.count ? String(decoding: lines[number - 1], as: UTF8.self) : ""
    }
}

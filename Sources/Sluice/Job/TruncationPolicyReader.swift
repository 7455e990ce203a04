import Yams

/// Reads a job file's `on_truncation`: a word, or `{grow: {factor: 2, cap: 16384}}`.
struct TruncationPolicyReader {
    let reader: YAMLReader

    /// Nil, and reported, where the node says no policy.
    func policy(from node: Node) -> TruncationPolicy? {
        guard case .scalar(let scalar) = node else { return growth(node) }
        if let policy = TruncationPolicy(name: scalar.string) { return policy }
        var reason = "on_truncation: must be one of \(TruncationPolicy.names.joined(separator: ", "))"
        if let near = NearestName.nearest(to: scalar.string, among: TruncationPolicy.names) {
            reason += "; did you mean '\(near)'?"
        }
        reader.report(scalar.mark, reason)
        return nil
    }

    private func growth(_ node: Node) -> TruncationPolicy? {
        guard let section = YAMLSection(node, name: "on_truncation", reader: reader) else { return nil }
        defer { section.finish() }
        section.require("grow", "grow: {factor: 2, cap: 16384}")
        guard let grow = section.section("grow") else { return nil }
        defer { grow.finish() }
        let cap = grow.integer("cap", in: TruncationPolicy.capRange) ?? TruncationPolicy.standardCap
        return .grow(factor: factor(grow) ?? TruncationPolicy.standardFactor, cap: cap)
    }

    private func factor(_ section: YAMLSection) -> Double? {
        guard let node = section.node("factor") else { return nil }
        let range = TruncationPolicy.factorRange
        guard case .scalar(let scalar) = node, case .number(let text) = try? YAMLScalar(scalar),
            let factor = Double(text), range.contains(factor)
        else {
            section.report("factor", "must be a number from \(range.lowerBound) to \(Int(range.upperBound))")
            return nil
        }
        return factor
    }
}

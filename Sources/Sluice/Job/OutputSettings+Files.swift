extension OutputSettings {
    /// The error file of a batch where none is named: `x.output.jsonl` has `x.errors.jsonl` beside it.
    package var defaultErrors: String? {
        guard format == .batch, let results, results != "-" else { return nil }
        for ending in [".output.jsonl", ".jsonl"] where results.hasSuffix(ending) {
            return results.dropLast(ending.count) + ".errors.jsonl"
        }
        return results + ".errors.jsonl"
    }
}

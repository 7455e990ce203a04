/// Where prompts come from.
package enum InputSource: Hashable, Sendable {
    case file(path: String)
    case standardInput

    /// The name that messages use.
    package var displayName: String {
        switch self {
        case .file(let path): path
        case .standardInput: "standard input"
        }
    }

    /// What the name alone says: "a.tsv.gz" is CSV with tabs. Automatic and nil where it says nothing.
    var namedFormat: (format: InputFormat, delimiter: UInt8?) {
        guard case .file(let path) = self else { return (.automatic, nil) }
        var name = path.lowercased()[...]
        if name.hasSuffix(".gz") { name = name.dropLast(3) }
        if [".jsonl", ".ndjson", ".json"].contains(where: name.hasSuffix) { return (.jsonl, nil) }
        if name.hasSuffix(".csv") { return (.csv, nil) }
        if name.hasSuffix(".tsv") { return (.csv, UInt8(ascii: "\t")) }
        return (.automatic, nil)
    }
}

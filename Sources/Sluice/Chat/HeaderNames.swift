import JSON

/// Names of header lines that a reader knows, each with what it means to the reader: one look at a line's name tells.
struct HeaderNames<Meaning: Sendable>: Sendable {
    private let table: NameTable
    private let meanings: [Meaning]

    /// - Parameter names: in lower case.
    init(_ names: [(name: String, meaning: Meaning)]) {
        table = NameTable(names.map(\.name))
        meanings = names.map(\.meaning)
    }

    /// What a line of this name means; nil where the name is not known. Case does not count.
    func meaning(of name: UnsafeRawBufferPointer) -> Meaning? {
        table.index(ofLength: name.count) { name.equalsIgnoringCase($0) }.map { meanings[$0] }
    }
}

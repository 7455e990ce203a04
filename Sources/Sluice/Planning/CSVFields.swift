import CSV

/// A CSV row for the templates: its header and its fields by position.
struct CSVFields {
    let header: CSVHeader
    let row: CSVRow

    /// Lends a field's unquoted bytes.
    func withField<Result>(_ position: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        row.withField(position, body)
    }

    func isEmpty(_ position: Int) -> Bool {
        withField(position) { $0.isEmpty }
    }
}

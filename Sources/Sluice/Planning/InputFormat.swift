/// How a prompt file is written.
package enum InputFormat: String, CaseIterable, Sendable {
    /// By the file's name, and where that says nothing by its first bytes.
    case automatic = "auto"
    /// One JSON object a line.
    case jsonl
    /// A header of column names, then one record a row.
    case csv
}

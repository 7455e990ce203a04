/// Column names and keys as messages show them: they are the user's, and may be long or hold anything.
enum ColumnNames {
    private static let maximumLength = 60
    private static let maximumCount = 20

    /// A name cut to a readable length, control characters replaced.
    static func printable(_ name: String) -> String {
        let text = visible(name.unicodeScalars.prefix(maximumLength))
        return name.unicodeScalars.count > maximumLength ? text + "…" : text
    }

    /// Text with control and format characters replaced.
    static func visible(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var text = ""
        for scalar in scalars {
            let isControl =
                scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
            text.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
        }
        return text
    }

    /// `no column 'titel'; did you mean 'title'? The columns are id, title, text`
    static func unknown(_ name: String, among columns: [String]) -> String {
        var reason = "no column '\(printable(name))'"
        guard !columns.isEmpty else { return reason + "; the row has no columns" }
        if let near = NearestName.nearest(to: name, among: columns) {
            reason += "; did you mean '\(printable(near))'? The columns are "
        } else {
            reason += "; the columns are "
        }
        reason += columns.prefix(maximumCount).map(printable).joined(separator: ", ")
        if columns.count > maximumCount { reason += " and \(columns.count - maximumCount) more" }
        return reason
    }
}

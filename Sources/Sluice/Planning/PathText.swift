/// Paths as messages show them: they may come from data, be long and hold anything.
enum PathText {
    private static let maximumLength = 120

    /// A path with control characters replaced; of a long one the end, which tells more than the beginning.
    static func printable(_ path: String) -> String {
        let scalars = path.unicodeScalars
        let isShort = scalars.count <= maximumLength
        return (isShort ? "" : "…") + ColumnNames.visible(scalars.suffix(maximumLength))
    }
}

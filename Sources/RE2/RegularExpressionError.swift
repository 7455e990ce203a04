/// Why a text is not a regular expression; names the place and none of the pattern.
package struct RegularExpressionError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The fault in RE2's words: "invalid perl operator: (?=" is "invalid perl operator".
    package var reason: String

    /// Bytes of the pattern before the part at fault, where that is known.
    package var offset: Int?

    package init(reason: String, offset: Int?) {
        self.reason = reason
        self.offset = offset
    }

    package var description: String {
        reason + (offset.map { " at byte \($0 + 1)" } ?? "")
    }
}

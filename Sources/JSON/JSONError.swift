/// Why a text is not a JSON document.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Bytes before the fault; the length of the text where it ends too early.
    package var offset: Int

    /// The fault in plain words, without any of the text: "expected ':' after the key".
    package var reason: String

    package init(offset: Int, reason: String) {
        self.offset = offset
        self.reason = reason
    }

    package var description: String { "byte \(offset): \(reason)" }
}

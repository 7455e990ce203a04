/// Why bytes are not gzip.
package struct GzipError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The fault as the end of a sentence: "the gzip data ends too early".
    package var description: String

    static let truncated = GzipError(description: "the gzip data ends too early; is the file complete?")
    static let trailing = GzipError(description: "bytes that are not gzip follow the gzip data")
    static let memory = GzipError(description: "out of memory while decompressing")

    static func corrupt(_ detail: String?) -> GzipError {
        GzipError(description: "the gzip data is corrupt" + (detail.map { " (\($0))" } ?? ""))
    }
}
